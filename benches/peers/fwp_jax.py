"""One training epoch of the quantum fast-weight programmer on the damped pendulum, in JAX, jitted as a whole.

157 windows of 4 values, 15 batches of 10 and one of 7, RMSprop. The slow programmer (1 -> 8 -> outer product 2 x 8) adds
up the angles of a circuit of 8 qubits and 2 layers; only the circuit of the last step is run, its amplitudes are real.
`--method kron` multiplies the rotations of 4 qubits into 16 x 16 matrices; `bricks` applies them one by one; `--qubits 6`
leaves out the two qubits that no measured value depends on. Prints one JSON line per measurement.
"""
from common import arguments, measure

args = arguments(
    __doc__,
    method=dict(choices=("kron", "bricks", "both"), default="both"),
    qubits=dict(default="8,6", help="comma list: simulated qubits"),
)

import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)

N, LAYERS, MEASURED, STEPS, BATCH = 8, 2, 4, 4, 10
WINDOWS = 157


def entangler(n):
    """CX on pairs (0,1), (2,3), .. then (1,2), (3,4), .. as a permutation: new amplitudes are old[permutation]."""
    index = np.arange(2**n)
    order = index.copy()
    for first in (0, 1):
        for control in range(first, n - 1, 2):
            flip = (index >> (n - 1 - control) & 1) << (n - 2 - control)
            order = order[index ^ flip]
    return order


def rotate_bricks(state, theta):
    n = theta.shape[0]
    for q in range(n):
        c, s = jnp.cos(theta[q] / 2), jnp.sin(theta[q] / 2)
        pair = state.reshape(2**q, 2, -1)
        a, b = pair[:, 0], pair[:, 1]
        state = jnp.stack([c * a - s * b, s * a + c * b], 1).reshape(-1)
    return state


def product(theta):
    """The tensor product of the rotations of some qubits."""
    c, s = jnp.cos(theta / 2), jnp.sin(theta / 2)
    rotations = jnp.stack([jnp.stack([c, -s], -1), jnp.stack([s, c], -1)], -2)
    matrix = rotations[0]
    for r in rotations[1:]:
        matrix = jnp.kron(matrix, r)
    return matrix


def rotate_kron(state, theta):
    half = theta.shape[0] // 2
    left, right = product(theta[:half]), product(theta[half:])
    return (left @ state.reshape(left.shape[0], -1) @ right.T).reshape(-1)


def circuit(x, theta, n, rotate):
    """Expectations of Z on the measured qubits; theta is layer by qubit."""
    c, s = jnp.cos(x / 2), jnp.sin(x / 2)
    first = jnp.stack([c - s, c + s]) / 2 ** (n / 2)
    state = jnp.repeat(first, 2 ** (n - 1))
    order = entangler(n)
    for layer in range(LAYERS):
        state = rotate(state[order], theta[layer, :n])
    index = np.arange(2**n)
    signs = 1.0 - 2.0 * np.stack([index >> (n - 1 - q) & 1 for q in range(MEASURED)])
    return signs @ (state * state)


def predict(p, window, n, rotate):
    r = window[:, None] * p["enc_w"] + p["enc_b"]  # t d
    layers, qubits = r @ p["lay_w"].T + p["lay_b"], r @ p["qub_w"].T + p["qub_b"]
    theta = layers.T @ qubits  # layer qubit: the sum over time of outer products
    return circuit(window[-1], theta, n, rotate) @ p["post_w"] + p["post_b"]


def initial(seed=0):
    rng = np.random.default_rng(seed)

    def uniform(*shape, fan_in):
        return jnp.asarray(rng.uniform(-1, 1, shape) / fan_in**0.5)

    return dict(
        enc_w=uniform(N, fan_in=1), enc_b=uniform(N, fan_in=1),
        lay_w=uniform(LAYERS, N, fan_in=N), lay_b=uniform(LAYERS, fan_in=N),
        qub_w=uniform(N, N, fan_in=N), qub_b=uniform(N, fan_in=N),
        post_w=uniform(MEASURED, fan_in=MEASURED), post_b=uniform(fan_in=MEASURED),
    )  # fmt: skip


def epoch(n, rotate):
    """A call trains for one epoch, going on from the last."""
    t = np.linspace(0, 20, WINDOWS + STEPS)
    series = np.exp(-0.075 * t) * np.cos(3.1 * t)
    whole = -(-WINDOWS // BATCH) * BATCH
    windows = np.zeros((whole, STEPS))
    windows[:WINDOWS] = np.stack([series[k : k + WINDOWS] for k in range(STEPS)], 1)
    targets = np.zeros(whole)
    targets[:WINDOWS] = series[STEPS:]
    share = np.zeros(whole)  # weight of a window in the mean of its batch
    share[:WINDOWS] = 1 / BATCH
    share[WINDOWS // BATCH * BATCH : WINDOWS] = 1 / (WINDOWS % BATCH)
    batches = tuple(jnp.asarray(x).reshape(-1, BATCH, *x.shape[1:]) for x in (windows, targets, share))
    outputs = jax.vmap(lambda p, w: predict(p, w, n, rotate), (None, 0))

    def loss(p, batch):
        x, y, weight = batch
        return weight @ (outputs(p, x) - y) ** 2

    def step(carry, batch):
        p, v = carry
        value, g = jax.value_and_grad(loss)(p, batch)
        v = jax.tree.map(lambda v, g: 0.99 * v + 0.01 * g * g, v, g)
        p = jax.tree.map(lambda p, g, v: p - 0.01 * g / (jnp.sqrt(v) + 1e-8), p, g, v)
        return (p, v), value

    run = jax.jit(lambda carry: jax.lax.scan(step, carry, batches), donate_argnums=0)
    p = initial()
    state = [(p, jax.tree.map(jnp.zeros_like, p))]

    def call():
        state[0], losses = run(state[0])
        return float(losses.mean())

    return call


cases = []
for qubits in map(int, args.qubits.split(",")):
    for name, rotate in (("kron", rotate_kron), ("bricks", rotate_bricks)):
        if args.method in (name, "both"):
            fields = dict(bench="fwp", peer=f"jax-{name}-{qubits}q", mode="epoch", precision="f64", batch=WINDOWS)
            cases.append((epoch(qubits, rotate), WINDOWS, None, dict(fields, jax=jax.__version__)))
measure(args, cases, inner=10)
