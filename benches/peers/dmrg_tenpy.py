"""Ground state of an open Heisenberg chain in TeNPy: two-site sweeps from the alternating state.

The same bonds in each sweep as the bench `dmrg`, the same cutoff and width of the Krylov space, and no early end.
`--conserve Sz` lets TeNPy keep blocks of the conserved spin apart. Needs physics-tenpy 1.1. Prints one JSON line per
measurement, with the energy in units of the coupling.
"""
from common import arguments, measure

args = arguments(
    __doc__,
    chi=dict(default="64", help="comma list: largest bonds"),
    qubits=dict(default="64"),
    conserve=dict(default="Sz,None", help="comma list"),
    sweeps=dict(default="6"),
)

import warnings

import tenpy
from tenpy.algorithms import dmrg
from tenpy.models.spins import SpinChain
from tenpy.networks.mps import MPS

warnings.filterwarnings("ignore")


def solver(n, chi, sweeps, conserve):
    """A call does the whole request from the alternating state; returns the energy."""

    def call():
        spin = dict(S=0.5, Jx=1.0, Jy=1.0, Jz=1.0, conserve=conserve)
        model = SpinChain(dict(L=n, bc_MPS="finite", **spin))
        psi = MPS.from_product_state(model.lat.mps_sites(), ["up", "down"] * (n // 2), bc="finite")
        options = dict(
            mixer=False, combine=True, max_sweeps=sweeps, min_sweeps=sweeps, N_sweeps_check=sweeps,
            trunc_params=dict(chi_max=chi, svd_min=1e-6),
            chi_list={0: chi // 4, 1: chi // 2, 2: chi},
            lanczos_params=dict(N_min=2, N_max=3, E_tol=1e-12, P_tol=1e-14),
            max_E_err=0.0, max_S_err=0.0, max_trunc_err=None,
        )  # fmt: skip
        call.energy = dmrg.run(psi, model, options)["E"]
        return call.energy

    return call


cases = []
for chi in map(int, args.chi.split(",")):
    for conserve in args.conserve.split(","):
        run = solver(int(args.qubits), chi, int(args.sweeps), None if conserve == "None" else conserve)
        energy = round(run(), 9)
        fields = dict(bench="dmrg", peer=f"tenpy-{conserve}", mode=f"n={args.qubits} chi={chi}", precision="f64")
        cases.append((run, 1, None, dict(fields, energy=energy, batch=1, tenpy=tenpy.__version__)))
measure(args, cases)
