"""The brick wall of the bench `mps` in quimb: `CircuitMPS` with the same largest bond and cutoff."""
import common

args = common.arguments(__doc__, **common.BRICK_WALL)

import quimb
from quimb.tensor import CircuitMPS

from brick_wall import brick_wall, case


def solver(layers):
    gates = brick_wall(args.qubits, layers)

    def solve():
        circuit = CircuitMPS(args.qubits, max_bond=args.chi, cutoff=1e-12)
        for matrix, q in gates:
            circuit.apply_gate_raw(matrix, (q, q + 1))
        return float(sum(circuit.local_expectation(quimb.pauli("Z"), q).real for q in range(args.qubits)))

    return solve


cases = [case(args, "quimb", layers, solver(layers), quimb=quimb.__version__) for layers in common.numbers(args.layers)]
common.measure(args, cases)
