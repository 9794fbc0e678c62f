"""Sweeps over the gates of a circuit that is fitted to a state, in NumPy on all amplitudes.

12 qubits, staircases of 11 gates, full steps (learning power 1): backward and forward through all gates, each replaced by
the polar factor of its environment. One call makes `--sweeps` sweeps; a sample is one update of a gate. States are kept
between the passes, so that an update costs one environment, one singular value decomposition and two gates.
"""
import common

args = common.arguments(
    __doc__,
    qubits=dict(type=int, default=12),
    layers=dict(type=int, default=6),
    sweeps=dict(type=int, default=20),
)

import numpy as np

N = args.qubits


def target():
    """All words with as many ones as zeros, with equal weight."""
    ones = np.array([bin(x).count("1") for x in range(2**N)])
    state = (ones == N // 2).astype(complex)
    return state / np.linalg.norm(state)


def apply(matrix, state, q):
    """A gate on the qubits q and q + 1."""
    return np.matmul(matrix, state.reshape(2**q, 4, -1)).reshape(-1)


def environment(bra, ket, q):
    """G with <bra| U |ket> = conj(tr(U^dag G))."""
    bra, ket = (x.reshape(2**q, 4, -1) for x in (bra, ket))
    return np.matmul(bra, ket.conj().transpose(0, 2, 1)).sum(0)


def best(environment):
    left, _, right = np.linalg.svd(environment)
    return left @ right


def start():
    """Gates near the identity, the same in every run."""
    rng = np.random.default_rng(1)
    gates = []
    for q in [q for _ in range(args.layers) for q in range(N - 1)]:
        noise = rng.normal(size=(4, 4)) + 1j * rng.normal(size=(4, 4))
        gates.append((np.linalg.qr(np.eye(4) + 0.3 * noise)[0], q))
    return gates


PSI, GATES = target(), start()


def solve():
    gates = list(GATES)
    zero = np.zeros(2**N, complex)
    zero[0] = 1.0
    for _ in range(args.sweeps):
        before = [zero]
        for matrix, q in gates:
            before.append(apply(matrix, before[-1], q))
        bra, after = PSI, []
        for m in reversed(range(len(gates))):
            q = gates[m][1]
            gates[m] = (best(environment(bra, before[m], q)), q)
            after.insert(0, bra)
            bra = apply(gates[m][0].conj().T, bra, q)
        ket = zero
        for m, (_, q) in enumerate(gates):
            gates[m] = (best(environment(after[m], ket, q)), q)
            ket = apply(gates[m][0], ket, q)
    return float(abs(np.vdot(PSI, ket)) ** 2)


updates = 2 * len(GATES) * args.sweeps
fields = dict(bench="synthesis", peer="numpy", mode="updates", precision="f64", batch=updates, value=round(solve(), 9))
common.measure(args, [(solve, updates, None, dict(fields, numpy=np.__version__))])
