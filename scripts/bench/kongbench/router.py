"""Route match alone, without nginx: mixed kinds of routes, requests in random order, no two alike."""
import json
import os

from . import machine
from .gateway import Missing
from .table import row


def router(_world):
    program = machine.ROOT / ".build/release/RouterBenchmark"
    if not os.access(program, os.X_OK):
        raise Missing("swift build -c release --product RouterBenchmark has not been run")
    done = machine.run(["taskset", "-c", str(machine.WORKER_CORE), str(program)], 300)
    if done.returncode:
        raise RuntimeError(f"RouterBenchmark: {done.stderr[-300:]}")
    ns = {int(count): value for count, value in json.loads(done.stdout).items()}
    row("route match, one route", ns[1], "ns")
    row("route match, mixed kinds: 10,000 ÷ 1 route", ns[10_000] / ns[1], "", 3, 2, note=f"{ns[10_000]:.0f} ns")
    row("route match, 100,000 routes", ns[100_000] / 1000, "µs", 2, 1)
