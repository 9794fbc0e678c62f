"""The QontOT attention layer in JAX: scores [b t t] and angles theta [p] to doubly stochastic matrices [b t t].

Two ways to apply the circuit to the N x N matrix W (N = 2^q), both jitted:
  bricks  one 4 x 4 unitary at a time on complex numbers, the way the formula reads
  tiles   the fast way: bricks are first multiplied into 16 x 16 unitaries on four neighbouring qubits (48 against
          56 N^2 multiplications for two layers at q = 8), each applied as one real matrix product without transposition
W = U2 U1^T is one sweep over the rows of the identity (U1 transposed, hence its layers backwards), the columns are
passive; the last layer of U1^T and the first of U2 act on the same pairs and are multiplied together. Samples go one by
one, so that a sweep stays in cache; with several threads each takes a share of the batch.

Prints one JSON line per measurement. `--check FILE` compares with golden vectors instead of measuring.
"""
from common import arguments, measure

args = arguments(
    __doc__,
    method=dict(default="tiles,bricks", help="comma list of: tiles, bricks"),
    mode=dict(default="forward,vjp", help="comma list of: forward, vjp (forward, then gradients of scores and theta)"),
    precision=dict(default="f32", choices=("f32", "f64")),
    batch=dict(type=int, default=64),
    qubits=dict(type=int, default=8, help="qubits of a register"),
    data_qubits=dict(type=int, default=3, help="log2 of the tokens"),
    layers=dict(type=int, default=16),
    width=dict(type=int, default=4, help="qubits of a tile"),
    check=dict(default=None, metavar="FILE", help="golden vectors to compare with"),
    jax_devices=True,
)

import json
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.sharding import AxisType, PartitionSpec

jax.config.update("jax_enable_x64", True)


# ---------------------------------------------------------------- bricks; small matrices lead, [4 4 .. b]
def mul2(a, b):
    """Product of 2 x 2 matrices given as ((a00, a01), (a10, a11))."""
    return tuple(tuple(a[i][0] * b[0][j] + a[i][1] * b[1][j] for j in (0, 1)) for i in (0, 1))


def rx(t):
    c, s = jnp.cos(t / 2), -1j * jnp.sin(t / 2)
    return (c, s), (s, c)


def ry(t):
    c, s = jnp.cos(t / 2), jnp.sin(t / 2)
    return (c, -s), (s, c)


def rz(t):
    c, s = jnp.cos(t / 2), jnp.sin(t / 2)
    return (c - 1j * s, 0 * c), (0 * c, c + 1j * s)


def kron2(a, b):
    return jnp.stack([jnp.stack([a[i][j] * b[k][l] for j in (0, 1) for l in (0, 1)]) for i in (0, 1) for k in (0, 1)])


def product(a, b):
    """a b of matrices [4 4 ..], written out so that it vectorises over the trailing axes."""
    return sum(a[:, k, None] * b[None, k] for k in range(4))


def brick(t):
    """CX, then RY RZ on the control and RY RX on the target; t [.. 4 b] -> [4 4 .. b]."""
    t = jnp.moveaxis(t, -2, 0)
    u = kron2(mul2(rz(t[1]), ry(t[0])), mul2(rx(t[3]), ry(t[2])))
    return u[:, np.array([0, 1, 3, 2])]


def circuit(phi, q, layers):
    """Bricks [4 4 n b] of angles phi [b p], and the half layers in time order, each {left qubit: brick}."""
    even, odd = len(range(0, q - 1, 2)), len(range(1, q - 1, 2))
    half, per, phi = 4 * layers * (q - 1), q - 1, phi.T
    u1 = jnp.swapaxes(brick(phi[:half].reshape(layers, per, 4, -1)), 0, 1)  # 4 4 l q-1 b
    u2 = brick(phi[half + 3 * q :].reshape(layers, per, 4, -1))
    t = phi[half : half + 3 * q].reshape(q, 3, -1)
    turn = [mul2(rz(t[k, 2]), mul2(ry(t[k, 1]), rz(t[k, 0]))) for k in range(q)]
    pairs = jnp.stack([kron2(turn[2 * k], turn[2 * k + 1]) for k in range(even)], 2)  # 4 4 e b
    first = [product(u2[:, :, 0, :even], product(pairs, u1[:, :, 0, :even]))]
    if odd:
        first.append(u2[:, :, 0, even:])
    if q % 2:  # the last qubit is in no even brick: its rotation joins the odd brick that follows
        alone = kron2(((1.0, 0.0), (0.0, 1.0)), turn[q - 1])
        first[1:] = [u2[:, :, 0, even:-1], product(u2[:, :, 0, -1], alone)[:, :, None]]
    size = layers * per
    flat = lambda u: u.reshape(4, 4, -1, u.shape[-1])
    bricks = jnp.concatenate([flat(u1)] + first + [flat(u2[:, :, 1:])], 2)
    evens = lambda at: {2 * k: at + k for k in range(even)}
    odds = lambda at: {2 * k + 1: at + even + k for k in range(odd)}
    order = []
    for l in reversed(range(layers)):
        order += [odds(l * per)] + ([evens(l * per)] if l else [])
    for l in range(layers):
        order += [evens(size + l * per), odds(size + l * per)]
    return lax.optimization_barrier(bricks), order


# ---------------------------------------------------------------- tiles
def schedule(halves, q, width):
    """Groups the bricks of the half layers into tiles in time order: [(first qubit, qubits, [(offset, brick)])]."""
    width = min(width, q)
    waiting = [[h for h, half in enumerate(halves) if k in half or k - 1 in half] for k in range(q)]
    left, tiles, turn = sum(map(len, halves)), [], 0
    while left:
        for s in range(turn * width // 2, q, width):
            size, taken, moved = min(width, q - s), [], True
            while moved:
                moved = False
                for a in range(s, s + size - 1):
                    if waiting[a] and waiting[a + 1] and waiting[a][0] == waiting[a + 1][0] and a in halves[waiting[a][0]]:
                        h = waiting[a].pop(0)
                        waiting[a + 1].pop(0)
                        taken.append((h, a - s, halves[h][a]))
                        moved = True
            if taken:
                left -= len(taken)
                tiles.append((s, size, [(off, i) for _, off, i in sorted(taken)]))
        turn = 1 - turn
    return tiles


def multiply(offsets, bricks, size):
    """Bricks [4 4 k m b] at their offsets into one unitary [d d m b]."""
    d, u = 2**size, None
    for k, off in enumerate(offsets):
        g, lo, hi = bricks[:, :, k], 2**off, 2 ** (size - off - 2)
        if u is None:
            eye = np.einsum("ab,cd->acbd", np.eye(lo), np.eye(hi)).reshape(lo, 1, hi, lo, 1, hi, 1, 1)
            u = (eye * g[None, :, None, None, :, None]).reshape((d, d) + g.shape[2:])
        else:
            v = u.reshape((lo, 4, hi, d) + g.shape[2:])
            u = sum(g[None, :, j, None, None] * v[:, None, j] for j in range(4)).reshape(u.shape)
    return u


def memory_order(q):
    """Order of the row's qubits in memory, with "r" for the axis of real and imaginary part.

    Eight qubits: 6 7 4 5 r 2 3 0 1. The qubits of each tile (0..3, 4..7, 2..5) and r are neighbours, so that every
    tile is a (batched) real matrix product without a transposition.
    """
    if q > 8:
        raise SystemExit(f"tiles: at most 8 qubits in a register, got {q}; use --method bricks")
    return [k for k in (6, 7, 4, 5, "r", 2, 3, 0, 1) if k == "r" or k < q]


def real_form(u, s, size, order):
    """The real form [m b 2d 2d] of tiles [d d m b] on the qubits from s, its axes in the order of memory."""
    parts = jnp.stack([jnp.stack([u.real, -u.imag]), jnp.stack([u.imag, u.real])])  # r r' d d' m b
    parts = parts.reshape((2,) * (2 * size + 2) + u.shape[2:])
    qubits = list(range(s, s + size))
    names = [("out", "r"), ("in", "r")] + [(side, k) for side in ("out", "in") for k in qubits]
    mine = [k for k in order if k == "r" or k in qubits]
    axes = [names.index((side, k)) for side in ("out", "in") for k in mine]
    parts = parts.transpose([len(axes), len(axes) + 1] + axes)
    return parts.reshape(u.shape[2:] + (2 ** (size + 1),) * 2)


def real_tiles(phi, q, layers, width):
    """Tiles of the circuit: arrays [m b 2d 2d], one for each kind, and the order [(kind, m, rows before it)]."""
    bricks, halves = circuit(phi, q, layers)
    plan, order, kinds = schedule(halves, q, width), memory_order(q), {}
    for n, (s, size, taken) in enumerate(plan):
        kinds.setdefault((s, size, tuple(off for off, _ in taken)), []).append(n)
    arrays, places = [], [None] * len(plan)
    for (s, size, offsets), members in kinds.items():
        index = np.array([[plan[n][2][k][1] for n in members] for k in range(len(offsets))])  # k m
        arrays.append(real_form(multiply(offsets, bricks[:, :, index], size), s, size, order))
        before = 2 ** min(order.index(k) for k in ["r", *range(s, s + size)])
        for m, n in enumerate(members):
            places[n] = (len(arrays) - 1, m, before)
    return arrays, tuple(places)


def step(u, w, before):
    return jnp.matmul(u, w.reshape(before, u.shape[0], -1)).reshape(w.shape)


@partial(jax.custom_vjp, nondiff_argnums=(1, 2))
def sweep(units, befores, start):
    """Applies real tiles in turn to the identity, laid out in memory order."""
    w = jnp.asarray(start.array, units[0].dtype)
    for u, before in zip(units, befores):
        w = step(u, w, before)
    return w


def sweep_forward(units, befores, start):
    kept = [jnp.asarray(start.array, units[0].dtype)]
    for u, before in zip(units, befores):
        kept.append(step(u, kept[-1], before))
    return kept[-1], (kept[:-1], units)


def sweep_backward(befores, start, saved, cotangent):
    """The products of the reverse pass, in the layout of the forward pass."""
    gradients = []
    for w, u, before in reversed(list(zip(*saved, befores))):
        c, w = (x.reshape(before, u.shape[0], -1) for x in (cotangent, w))
        gradients.append(lax.dot_general(c, w, (((2,), (2,)), ((0,), (0,)))).sum(0))
        cotangent = step(u.T, cotangent, before)
    return (gradients[::-1],)


sweep.defvjp(sweep_forward, sweep_backward)


class Start:
    """The identity in memory order (hashable, for custom_vjp)."""

    def __init__(self, q, order):
        split = np.stack([np.eye(2**q), np.zeros((2**q, 2**q))]).reshape((2,) * (q + 1) + (2**q,))
        self.array = split.transpose([0 if k == "r" else k + 1 for k in order] + [q + 1])


# ---------------------------------------------------------------- the layer
def injected(scores, theta):
    """The angles phi [b p] = theta * scores, the scores repeated in turn."""
    flat = scores.reshape(scores.shape[0], -1)
    return theta * jnp.tile(flat, (1, -(-theta.size // flat.shape[1])))[:, : theta.size]


def tiles_method(q, layers, width, tokens):
    """(build, one): real tiles of a batch, leading axis the samples; the matrix [t t] of one sample's tiles."""
    s, order, places = 2**q // tokens, memory_order(q), []
    start, qubits = Start(q, order), [k for k in order if k != "r"]

    def build(scores, theta):
        arrays, places[:] = real_tiles(injected(scores, theta), q, layers, width)
        return [jnp.swapaxes(a, 0, 1).astype(theta.dtype) for a in arrays]

    def one(arrays):
        w = sweep([arrays[kind][m] for kind, m, _ in places], tuple(before for _, _, before in places), start)
        p = (w.reshape((2,) * (q + 1) + (tokens, s)) ** 2).sum((order.index("r"), q + 2))
        p = p.transpose([qubits.index(k) for k in range(q)] + [q])
        return p.reshape(tokens, s, tokens).sum(1) / s

    return build, one


def bricks_method(q, layers, width, tokens):
    """(build, one): complex bricks of a batch, leading axis the samples; the matrix [t t] of one sample's bricks."""
    s, n, order = 2**q // tokens, 2**q, []

    def build(scores, theta):
        bricks, order[:] = circuit(injected(scores, theta), q, layers)
        return jnp.moveaxis(bricks, (3, 2), (0, 1)).astype(jnp.complex64 if theta.dtype == jnp.float32 else jnp.complex128)

    def one(bricks):
        w = jnp.eye(n, dtype=bricks.dtype)
        for half in order:
            for a, i in half.items():
                w = jnp.einsum("ij,ajb->aib", bricks[i], w.reshape(2**a, 4, -1)).reshape(n, n)
        w = w.reshape(tokens, s, tokens, s)
        return (w.real**2 + w.imag**2).sum((1, 3)) / s

    return build, one


def functions(method, threads=1, **sizes):
    """{"forward", "vjp"}: jitted functions of (scores, theta, cotangent); each sample's reverse pass follows its forward pass."""
    build, one = {"tiles": tiles_method, "bricks": bricks_method}[method](**sizes)

    def forward(scores, theta, cotangent):
        return lax.map(one, build(scores, theta))

    def both(each):
        units, cotangent = each
        p, pull_back = jax.vjp(one, units)
        return p, pull_back(cotangent)[0]

    def vjp(scores, theta, cotangent):
        units, pull_back = jax.vjp(build, scores, theta)
        p, gradients = lax.map(both, (units, cotangent))
        return p, *pull_back(gradients)

    if threads == 1:
        return {"forward": jax.jit(forward), "vjp": jax.jit(vjp)}
    mesh, split, same = jax.make_mesh((threads,), ("b",), axis_types=(AxisType.Auto,)), PartitionSpec("b"), PartitionSpec()
    share = lambda g, out: jax.jit(jax.shard_map(g, mesh=mesh, in_specs=(split, same, split), out_specs=out, check_vma=False))

    def vjp_of_share(scores, theta, cotangent):
        p, ds, dt = vjp(scores, theta, cotangent)
        return p, ds, lax.psum(dt, "b")

    return {"forward": share(forward, split), "vjp": share(vjp_of_share, (split, split, same))}


def check(path):
    """Compares both methods with the golden vectors; prints the greatest difference."""
    worst = 0.0
    for case in json.load(open(path))["cases"]:
        i, j = np.mgrid[0 : len(case["P"]), 0 : len(case["P"])]
        theta, scores, cost = np.sin(np.arange(case["K"]) + 1.0), ((i - j) / 4 + 0.1 * i * j)[None], np.cos(1 + 3 * i + 5 * j)[None]
        for method in ("tiles", "bricks"):
            run = functions(method, q=case["q"], layers=case["L"], width=args.width, tokens=len(case["P"]))["vjp"]
            for got, want in zip(run(scores, theta, cost), ([case["P"]], [case["dM"]], case["dtheta"])):
                worst = max(worst, float(np.abs(np.asarray(got) - np.asarray(want)).max()))
    print(json.dumps({"check": "qontot", "worst_difference": worst, "passed": worst < 1e-9}))
    return worst < 1e-9


def cases():
    q, layers, t, b = args.qubits, args.layers, 2**args.data_qubits, args.batch
    real = np.float32 if args.precision == "f32" else np.float64
    scores = np.cos(0.3 * np.arange(b * t * t)).reshape(b, t, t).astype(real)
    theta = np.sin(0.1 * (np.arange(3 * q + 8 * layers * (q - 1)) + 1)).astype(real)
    cotangent = np.cos(0.7 * np.arange(b * t * t)).reshape(b, t, t).astype(real)
    forward_flop = 8 * 2 * layers * (q - 1) * 4 * 4**q
    for method in args.method.split(","):
        f = functions(method, args.threads, q=q, layers=layers, width=args.width, tokens=t)
        for mode in args.mode.split(","):
            fields = dict(bench="qontot", peer="jax-" + method, mode=mode, precision=args.precision, batch=b)
            flop = b * forward_flop * (1 if mode == "forward" else 3)
            yield lambda g=f[mode]: jax.block_until_ready(g(scores, theta, cotangent)), b, flop, dict(fields, qubits=q, layers=layers, jax=jax.__version__)


if args.check:
    raise SystemExit(not check(args.check))
measure(args, list(cases()))
