"""Ground state of an open Heisenberg chain in quimb: two-site sweeps from the alternating state, to 1e-8.

The same bonds in each sweep as the bench `dmrg`, real arithmetic, quimb's own eigensolver and settings otherwise. Prints
one JSON line per measurement, with the energy in units of the coupling as value.
"""
import common

args = common.arguments(__doc__, **common.CHAIN)

import quimb
import quimb.tensor as qtn


def solver(chi):
    """A call does the whole request from the alternating state; returns the energy."""

    def solve():
        operator = qtn.MPO_ham_heis(args.qubits)
        start = qtn.MPS_computational_state("01" * (args.qubits // 2), dtype=float)
        dmrg = qtn.DMRG2(operator, bond_dims=[chi // 4, chi // 2, chi], cutoffs=1e-12, p0=start)
        dmrg.solve(tol=1e-8, max_sweeps=args.sweeps, verbosity=0)
        return float(dmrg.energy)

    return solve


cases = []
for chi in common.numbers(args.chi):
    solve = solver(chi)
    fields = dict(bench="dmrg", peer="quimb", mode=f"n={args.qubits} chi={chi}", precision="f64", batch=1)
    cases.append((solve, 1, None, dict(fields, value=round(solve(), 9), quimb=quimb.__version__)))
common.measure(args, cases)
