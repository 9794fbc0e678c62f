"""One training epoch of the quantum fast-weight programmer in PennyLane and PyTorch, as its authors' script runs it:
a loop over samples and time steps, one call of a `default.qubit` circuit for each, back-propagation through all.

The circuits of all steps are run and the output of the last is used. Reference: S. Y.-C. Chen, arXiv:2402.17760.
Prints one JSON line per measurement; `--windows` trains on fewer windows than the 157 of an epoch, the time is scaled.
"""
from common import arguments, measure

args = arguments(__doc__, windows=dict(type=int, default=157), circuits=dict(choices=("all", "last"), default="all"))

import numpy as np
import pennylane as qml
import torch

N, LAYERS, MEASURED, STEPS, BATCH = 8, 2, 4, 4, 10
torch.set_num_threads(args.threads)
torch.manual_seed(0)
torch.set_default_dtype(torch.float64)


@qml.qnode(qml.device("default.qubit", wires=N), interface="torch")
def circuit(x, theta):
    for wire in range(N):
        qml.Hadamard(wires=wire)
    for wire, angle in enumerate(x):
        qml.RY(angle, wires=wire)
    for layer in theta:
        for first in (0, 1):
            for wire in range(first, N - 1, 2):
                qml.CNOT(wires=[wire, wire + 1])
        for wire in range(N):
            qml.RY(layer[wire], wires=wire)
    return [qml.expval(qml.PauliZ(wire)) for wire in range(MEASURED)]


class Programmer(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = torch.nn.Linear(1, N)
        self.layers, self.qubits = torch.nn.Linear(N, LAYERS), torch.nn.Linear(N, N)
        self.post = torch.nn.Linear(MEASURED, 1)

    def forward(self, windows):
        theta = torch.zeros(len(windows), LAYERS, N)
        for t in range(STEPS):
            x = windows[:, t]
            latent = self.encoder(x)
            theta = theta + self.layers(latent)[:, :, None] * self.qubits(latent)[:, None, :]
            if args.circuits == "all" or t == STEPS - 1:
                values = torch.stack([torch.stack(circuit(a, b)) for a, b in zip(x, theta)])
                out = self.post(values)
        return out[:, 0]


def series():
    t = np.linspace(0, 20, args.windows + STEPS)
    return torch.tensor(np.exp(-0.075 * t) * np.cos(3.1 * t))


model = Programmer()
optimiser = torch.optim.RMSprop(model.parameters(), lr=0.01, alpha=0.99, eps=1e-8)
values = series()
windows, targets = values[:-1].unfold(0, STEPS, 1)[..., None], values[STEPS:]


def epoch():
    for start in range(0, args.windows, BATCH):
        batch = slice(start, start + BATCH)
        optimiser.zero_grad()
        torch.nn.functional.mse_loss(model(windows[batch]), targets[batch]).backward()
        optimiser.step()


fields = dict(bench="fwp", peer=f"pennylane-{args.circuits}", mode="epoch", precision="f64", batch=args.windows)
measure(args, [(epoch, args.windows, None, dict(fields, pennylane=qml.__version__, torch=torch.__version__))])
