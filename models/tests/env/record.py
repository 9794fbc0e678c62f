"""Records the traces that `models/tests/env` replays, from the Python packages themselves.

    python3 -m venv venv && venv/bin/pip install minigrid==3.2.0 gymnasium==1.4.0 numpy==2.4.6
    venv/bin/python record.py          # writes grid.bin, layouts.bin and float.bin beside this file

All numbers are little-endian. A name is its length (u8) and its letters.

grid.bin      episodes: name, seed u64, number of steps u32, first observation (147 bytes), then for each step
              the action u8 and the FNV-1a hash u64 of observation (147 bytes), reward f64, terminated u8,
              truncated u8
layouts.bin   first maps: name, seed u64, FNV-1a hash u64 of object and colour of every cell, row by row, then
              column, row and direction of the agent (all bytes)
float.bin     episodes: name, seed u64, number of steps u32, first observation, then for each step the action u8,
              reward f64, terminated u8, truncated u8, observation; observations are f64, computed from the
              state before the packages round to 32 bits
"""

import random
import struct
from pathlib import Path

import gymnasium
import minigrid  # noqa: F401  (registers its environments)
import numpy as np

HERE = Path(__file__).parent
GRID_STEPS, LAYOUTS = 930, 100
FIXED = {f"empty-{n}x{n}": f"MiniGrid-Empty-{n}x{n}-v0" for n in (5, 6, 8, 16)}
RANDOM = {f"empty-random-{n}x{n}": f"MiniGrid-Empty-Random-{n}x{n}-v0" for n in (5, 6)}
RANDOM |= {f"simple-crossing-{n.lower()}": f"MiniGrid-SimpleCrossing{n}-v0" for n in ("S9N1", "S9N2", "S9N3", "S11N5")}
RANDOM |= {"four-rooms": "MiniGrid-FourRooms-v0"}
LARGE_SEEDS = [2**32 - 1, 2**32, 2**63 + 12345, 2**64 - 1]


def fnv(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


def header(name, seed):
    return struct.pack("<B", len(name)) + name.encode() + struct.pack("<Q", seed)


def seeds(count):
    yield from LARGE_SEEDS[:count]
    yield from range(2**31)


def walk(env, seed, choose, record, limit):
    """One episode: the number of its steps and their records."""
    env.reset(seed=seed)
    steps, data, ended = 0, b"", False
    while not ended and steps < limit:
        action = choose(env)
        observation, reward, terminated, truncated, _ = env.step(action)
        data += record(env, action, observation, float(reward), terminated, truncated)
        steps, ended = steps + 1, terminated or truncated
    return steps, data


def grid_record(_, action, observation, reward, terminated, truncated):
    data = observation["image"].tobytes() + struct.pack("<dBB", reward, terminated, truncated)
    return struct.pack("<BQ", action, fnv(data))


def grid_traces():
    rng, out = random.Random(1), b""
    for name, registered in (FIXED | RANDOM).items():
        env, total = gymnasium.make(registered), 0
        choose = lambda _: rng.choices(range(7), (15, 15, 60, 3, 3, 2, 2))[0]
        for seed in seeds(1):
            first = env.reset(seed=seed)[0]["image"].tobytes()
            steps, data = walk(env, seed, choose, grid_record, 10**6)
            out += header(name, seed) + struct.pack("<I", steps) + first + data
            total += steps
            if total >= GRID_STEPS:
                break
        print(name, total)
    return out


def layouts():
    out = b""
    for name, registered in RANDOM.items():
        env = gymnasium.make(registered)
        for _, seed in zip(range(LAYOUTS), seeds(4)):
            env.reset(seed=seed)
            world = env.unwrapped
            cells = world.grid.encode()[:, :, :2].transpose(1, 0, 2).tobytes()
            agent = bytes([int(world.agent_pos[0]), int(world.agent_pos[1]), int(world.agent_dir)])
            out += header(name, seed) + struct.pack("<Q", fnv(cells + agent))
    return out


def cart_pole_view(env):
    return env.unwrapped.state


def acrobot_view(env):
    a, b, spin_a, spin_b = np.asarray(env.unwrapped.state, dtype=np.float64)
    return np.array([np.cos(a), np.sin(a), np.cos(b), np.sin(b), spin_a, spin_b])


def float_traces():
    rng, out = random.Random(2), b""

    def balance(env):  # keeps the pole up, thus reaches the limit of steps
        _, speed, angle, spin = env.unwrapped.state
        return int(angle + spin + 0.1 * speed > 0)

    def pump(env):  # swings the tip up
        return 2 if env.unwrapped.state[3] > 0 else 0

    plans = [  # name, registered name, observation, policy, steps in all, steps of an episode
        ("cartpole", "CartPole-v1", cart_pole_view, balance, 1, 500),
        ("cartpole", "CartPole-v1", cart_pole_view, lambda _: rng.randrange(2), 500, 500),
        ("acrobot", "Acrobot-v1", acrobot_view, lambda _: 1, 1, 500),
        ("acrobot", "Acrobot-v1", acrobot_view, pump, 1, 500),
        ("acrobot", "Acrobot-v1", acrobot_view, lambda _: rng.randrange(3), 450, 150),
    ]
    for name, registered, view, choose, budget, limit in plans:
        env, total = gymnasium.make(registered), 0
        numbers = lambda env: np.asarray(view(env), dtype="<f8").tobytes()
        record = lambda env, action, _, reward, terminated, truncated: (
            struct.pack("<BdBB", action, reward, terminated, truncated) + numbers(env))
        for seed in seeds(1):
            env.reset(seed=seed)
            first = numbers(env)
            steps, data = walk(env, seed, choose, record, limit)
            out += header(name, seed) + struct.pack("<I", steps) + first + data
            total += steps
            if total >= budget:
                break
        print(name, total)
    return out


for file, data in [("grid.bin", grid_traces()), ("layouts.bin", layouts()), ("float.bin", float_traces())]:
    (HERE / file).write_bytes(data)
    print(file, len(data), "bytes")
