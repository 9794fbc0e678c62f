"""Ground state of an open Heisenberg chain in TeNPy: two-site sweeps from the alternating state, to 1e-8.

The same bonds in each sweep and the same width of the Krylov space as the bench `dmrg`; singular values below 1e-6 are
dropped, which is as much weight as its cutoff. `--conserve Sz` lets TeNPy keep blocks of the conserved spin apart. Prints
one JSON line per measurement, with the energy in units of the coupling as value.
"""
import common

args = common.arguments(__doc__, conserve=dict(default="Sz,None", help="comma list"), **common.CHAIN)

import warnings

import tenpy
from tenpy.algorithms import dmrg
from tenpy.models.spins import SpinChain
from tenpy.networks.mps import MPS

warnings.filterwarnings("ignore")


def solver(chi, conserve):
    """A call does the whole request from the alternating state; returns the energy."""

    def solve():
        spin = dict(S=0.5, Jx=1.0, Jy=1.0, Jz=1.0, conserve=conserve)
        model = SpinChain(dict(L=args.qubits, bc_MPS="finite", **spin))
        psi = MPS.from_product_state(model.lat.mps_sites(), ["up", "down"] * (args.qubits // 2), bc="finite")
        options = dict(
            mixer=None, combine=True, max_sweeps=args.sweeps, min_sweeps=4, N_sweeps_check=1,
            trunc_params=dict(chi_max=chi, svd_min=1e-6),
            chi_list={0: chi // 4, 1: chi // 2, 2: chi},
            lanczos_params=dict(N_min=2, N_max=3),
            max_E_err=1e-8 / args.qubits, max_S_err=1.0, max_trunc_err=None,
        )  # fmt: skip
        return float(dmrg.run(psi, model, options)["E"])

    return solve


cases = []
for chi in common.numbers(args.chi):
    for conserve in args.conserve.split(","):
        solve = solver(chi, None if conserve == "None" else conserve)
        mode = f"n={args.qubits} chi={chi}"
        fields = dict(bench="dmrg", peer=f"tenpy-{conserve}", mode=mode, precision="f64", batch=1)
        cases.append((solve, 1, None, dict(fields, value=round(solve(), 9), tenpy=tenpy.__version__)))
common.measure(args, cases)
