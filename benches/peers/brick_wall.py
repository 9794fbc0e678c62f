"""The circuit of the bench `mps`: two-qubit gates in a brick wall, from a formula that every tool can evaluate."""
import numpy as np

PAULIS = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])


def euler(a, b, c):
    """RZ(c) RY(b) RZ(a)"""
    ry = np.array([[np.cos(b / 2), -np.sin(b / 2)], [np.sin(b / 2), np.cos(b / 2)]])
    rz = [np.diag(np.exp(np.array([-0.5j, 0.5j]) * angle)) for angle in (a, c)]
    return rz[1] @ ry @ rz[0]


def gate(g):
    """Gate g, rows and columns |first second>: one-qubit gates, exp(-i/2 (x XX + y YY + z ZZ)), one-qubit gates."""
    p = np.pi * np.sin(0.1 * (15 * g + np.arange(15) + 1.0))
    pair = np.eye(4)
    for angle, pauli in zip(p[6:9], PAULIS):
        pair = pair @ (np.cos(angle / 2) * np.eye(4) - 1j * np.sin(angle / 2) * np.kron(pauli, pauli))
    return np.kron(euler(*p[9:12]), euler(*p[12:15])) @ pair @ np.kron(euler(*p[0:3]), euler(*p[3:6]))


def brick_wall(n, layers):
    """[(matrix, first qubit)], first to last."""
    places = [q for layer in range(layers) for q in range(layer % 2, n - 1, 2)]
    return [(gate(g), q) for g, q in enumerate(places)]


def case(args, peer, layers, solve, **versions):
    """An entry for `measure`: the whole circuit, and the sum of all <Z>; its first call warms up."""
    mode = f"n={args.qubits} layers={layers} chi={args.chi}"
    fields = dict(bench="mps", peer=peer, mode=mode, precision="f64", batch=1, value=round(solve(), 9), **versions)
    return solve, 1, None, fields
