"""What the peers share: command line, threads, interleaved timing, JSON lines. Import it before any numeric library."""
import argparse
import gc
import json
import os
import statistics
import sys
import time


# Options of the scripts that run the circuit of `brick_wall.py`, and of those that run a chain of spins.
BRICK_WALL = dict(
    chi=dict(type=int, default=64, help="largest bond"),
    qubits=dict(type=int, default=50),
    layers=dict(default="10,20", help="comma list"),
)
CHAIN = dict(
    chi=dict(default="64,128", help="comma list: largest bonds"),
    qubits=dict(type=int, default=64),
    sweeps=dict(type=int, default=20, help="most sweeps"),
)


def numbers(text):
    """The whole numbers of a comma list."""
    return [int(word) for word in text.split(",")]


def least_busy(n):
    """The n processors with most idle time over the last tenth of a second."""
    allowed = sorted(os.sched_getaffinity(0))

    def idle():
        rows = (line.split() for line in open("/proc/stat") if line[:3] == "cpu" and line[3].isdigit())
        return {int(r[0][3:]): int(r[4]) + int(r[5]) for r in rows}

    before = idle()
    time.sleep(0.1)
    after = idle()
    return sorted(allowed, key=lambda c: before[c] - after[c])[:n]


def arguments(doc, jax_devices=False, **extra):
    """Parses the command line and fixes the number of threads of every library that is loaded later.

    With `jax_devices`, JAX sees one single-threaded processor for each thread, for a batch split by hand: faster than
    to let XLA split small matrix products.
    """
    p = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--repeat", type=int, default=5)
    p.add_argument("--serve", action="store_true", help="warm up, then measure once for each line of standard input")
    for name, options in extra.items():
        p.add_argument("--" + name.replace("_", "-"), **options)
    args = p.parse_args()
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS", "NPROC"):
        os.environ[name] = str(args.threads)
    os.environ["JAX_PLATFORMS"] = "cpu"
    flags = ["--xla_cpu_multi_thread_eigen=false"] if args.threads == 1 or jax_devices else []
    if jax_devices and args.threads > 1:
        flags.append(f"--xla_force_host_platform_device_count={args.threads}")
    os.environ["XLA_FLAGS"] = " ".join(flags + [os.environ.get("XLA_FLAGS", "")])
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, least_busy(args.threads))
    return args


def timed(f, inner):
    """Mean wall and processor seconds of a call."""
    wall, processor = time.perf_counter(), time.process_time()
    for _ in range(inner):
        f()
    return (time.perf_counter() - wall) / inner, (time.process_time() - processor) / inner


def emit(fields, times, samples, flop):
    """Prints one measurement as a JSON line; processor time is the steadier one where others share the machine."""
    wall, processor = zip(*times)
    median = statistics.median(wall)
    line = dict(fields, best_s=min(wall), median_s=median, cpu_s=statistics.median(processor), sample_ms=1e3 * median / samples)
    if flop:
        line["gflops"], line["best_gflops"] = flop / median / 1e9, flop / min(wall) / 1e9
    print(json.dumps({k: round(v, 6) if isinstance(v, float) else v for k, v in line.items()}), flush=True)


def measure(args, cases, inner=1):
    """Measures cases [(function, samples, flop or None, fields)] in turn: A B C A B C .., after two calls to warm up;
    cases that state a value were called for it, and are warm.

    A time is the mean of `inner` calls in a row. With --serve, a round for each line that comes in, until the end.
    """
    for f, _, _, fields in cases:
        if "value" not in fields:
            f(), f()
    gc.collect()
    rounds = [[timed(f, inner) for f, *_ in cases] for _ in range(0 if args.serve else args.repeat)]
    if args.serve:
        print(json.dumps({"ready": True}), flush=True)
        for _ in sys.stdin:
            for f, samples, flop, fields in cases:
                emit(dict(fields, threads=args.threads), [timed(f, inner)], samples, flop)
            print(json.dumps({"done": True}), flush=True)
    else:
        for k, (_, samples, flop, fields) in enumerate(cases):
            emit(dict(fields, threads=args.threads, repeats=args.repeat), [r[k] for r in rounds], samples, flop)
