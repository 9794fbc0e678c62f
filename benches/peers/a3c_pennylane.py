"""Turns of an A3C worker on MiniGrid's Empty-5x5 in PennyLane and PyTorch, as the group's scripts run them.

A turn is up to five steps of acting with the fast-weight programmer, then the loss on them, replayed from zero fast weights,
its gradient and a step of Adam: one call of a `default.qubit` circuit for each step, acting and replaying. `samples` are
environment steps, so that a sample is comparable with the seconds per step of `ketwork train rl`.
Reference: S. Y.-C. Chen, arXiv:2402.17760.
"""
from common import arguments, measure

args = arguments(__doc__, steps=dict(type=int, default=20))

import numpy as np
import pennylane as qml
import torch

N, LAYERS, ACTIONS, SIZE, GAMMA = 8, 2, 7, 5, 0.9
torch.set_num_threads(args.threads)
torch.manual_seed(0)
torch.set_default_dtype(torch.float64)


@qml.qnode(qml.device("default.qubit", wires=N), interface="torch")
def circuit(x, theta):
    for wire in range(N):
        qml.Hadamard(wires=wire)
    for wire in range(N):
        qml.RY(x[wire], wires=wire)
    for layer in theta:
        for first in (0, 1):
            for wire in range(first, N - 1, 2):
                qml.CNOT(wires=[wire, wire + 1])
        for wire in range(N):
            qml.RY(layer[wire], wires=wire)
    return [qml.expval(qml.PauliZ(wire)) for wire in range(N)]


class Agent(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.input = torch.nn.Linear(147, N), torch.nn.Linear(147, N)
        self.layers, self.qubits = torch.nn.Linear(N, LAYERS), torch.nn.Linear(N, N)
        self.policy, self.value = torch.nn.Linear(N, ACTIONS), torch.nn.Linear(N, 1)

    def forward(self, image, theta):
        latent = torch.tanh(self.encoder(image))
        theta = theta + self.layers(latent)[:, None] * self.qubits(latent)[None, :]
        values = torch.stack(circuit(self.input(image), theta))
        return self.policy(values), self.value(values), theta


class Empty:
    """The empty room: start in a corner, goal in the opposite one; what is seen is a 7 x 7 window ahead."""

    def __init__(self):
        self.reset()

    def reset(self):
        self.place, self.heading, self.steps = np.array([1, 1]), 0, 0

    def step(self, action):
        ahead = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]])
        self.steps += 1
        if action < 2:
            self.heading = (self.heading + (1 if action else -1)) % 4
        elif action == 2:
            there = self.place + ahead[self.heading]
            self.place = there if (there > 0).all() and (there < SIZE - 1).all() else self.place
        won = (self.place == SIZE - 2).all()
        return (1 - 0.9 * self.steps / (4 * SIZE**2) if won else 0.0), won or self.steps == 4 * SIZE**2

    def image(self):
        forward = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]][self.heading])
        right = np.array([-forward[1], forward[0]])
        seen = np.zeros((7, 7, 3))
        for i in range(7):
            for j in range(7):
                cell = self.place + (6 - j) * forward + (i - 3) * right
                inside = (cell > 0).all() and (cell < SIZE - 1).all()
                goal = inside and (cell == SIZE - 2).all()
                seen[i, j] = (8, 1, 0) if goal else (1, 0, 0) if inside else (2, 5, 0)
        return torch.tensor(seen.reshape(-1))


agent, room = Agent(), Empty()
optimiser = torch.optim.Adam(agent.parameters(), lr=1e-4, betas=(0.92, 0.999))
theta = torch.zeros(LAYERS, N)


def turn():
    """Acts up to five steps and learns from them."""
    global theta
    images, actions, rewards, done = [], [], [], False
    while len(images) < 5 and not done:
        image = room.image()
        with torch.no_grad():
            logits, _, theta = agent(image, theta)
        action = int(torch.distributions.Categorical(logits=logits).sample())
        reward, done = room.step(action)
        images.append(image), actions.append(action), rewards.append(reward)
    with torch.no_grad():
        target = 0.0 if done else float(agent(room.image(), theta)[1])
    targets = []
    for reward in reversed(rewards):
        target = reward + GAMMA * target
        targets.insert(0, target)
    memory, loss = torch.zeros(LAYERS, N), 0.0
    for image, action, target in zip(images, actions, targets):
        logits, value, memory = agent(image, memory)
        gain = target - value[0]
        loss = loss + gain**2 - torch.log_softmax(logits, 0)[action] * gain.detach()
    optimiser.zero_grad()
    (loss / len(images)).backward()
    optimiser.step()
    if done:
        room.reset()
        theta = torch.zeros(LAYERS, N)
    return len(images)


def steps():
    taken = 0
    while taken < args.steps:
        taken += turn()


fields = dict(bench="a3c", peer="pennylane", mode="steps", precision="f64", batch=args.steps)
measure(args, [(steps, args.steps, None, dict(fields, pennylane=qml.__version__, torch=torch.__version__))])
