"""The brick wall of the bench `mps` in Qiskit Aer: its matrix product state method, the same largest bond and cutoff.

Ten layers alone: Aer estimates its memory without the largest bond, and refuses twenty.
"""
import common

options = dict(common.BRICK_WALL, layers=dict(default="10", help="comma list"))
args = common.arguments(__doc__, **options)

import qiskit_aer
from qiskit import QuantumCircuit
from qiskit.circuit.library import UnitaryGate
from qiskit.quantum_info import SparsePauliOp

from brick_wall import brick_wall, case

simulator = qiskit_aer.AerSimulator(
    method="matrix_product_state",
    matrix_product_state_max_bond_dimension=args.chi,
    matrix_product_state_truncation_threshold=1e-12,
    max_parallel_threads=args.threads,
)


def solver(layers):
    n = args.qubits
    circuit = QuantumCircuit(n)
    for matrix, q in brick_wall(n, layers):
        circuit.append(UnitaryGate(matrix), [q + 1, q])  # its first qubit is the low bit
    total = SparsePauliOp.from_sparse_list([("Z", [q], 1.0) for q in range(n)], num_qubits=n)
    circuit.save_expectation_value(total, list(range(n)), label="sum")

    def solve():
        result = simulator.run(circuit).result()
        if not result.success:
            raise SystemExit(result.status)
        return float(result.data()["sum"])

    return solve


version = qiskit_aer.__version__
cases = [case(args, "aer", layers, solver(layers), aer=version) for layers in common.numbers(args.layers)]
common.measure(args, cases)
