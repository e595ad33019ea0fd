"""From nothing to the first 200, with many routes and credentials: the node after a clean stop, a worker reborn."""
import statistics
import time

from . import large, machine
from .eachworker import first_answer
from .scale import reborn
from .table import row

ROUNDS = 3 if machine.QUICK else 5


def cold(g, path, headers):
    """Milliseconds from `kong start` to the first 200; the snapshot of the clean stop is there."""
    g.kong("stop")
    began = time.monotonic()
    starting = g.kong_in_background("start")
    answered = first_answer(g.port, path, 60, headers)
    if starting.wait(60):
        raise RuntimeError(f"kong start: exit {starting.returncode}")
    g.pin()
    return (answered - began) * 1000


def coldstart(world):
    if not world.gateway_available:
        return
    g, path = world.million, f"/api/r{large.ROUTES - 1}/items"
    if g.get(f"/routes/r{large.ROUTES - 1}")[0] != 200:
        large.add_routes(world, g)
    key = {"apikey": f"key-{large.CREDENTIALS // 2}"}
    title = f"{large.ROUTES:,} routes and {large.CREDENTIALS:,} credentials"
    times = [cold(g, path, None) for _ in range(ROUNDS)]
    row(f"cold start with {title}", statistics.median(times), "ms", 500, 100, note=f"best {min(times):.0f} ms")
    times = [reborn(g, path) for _ in range(ROUNDS)]
    row(f"worker reborn with {title}", statistics.median(times), "ms", 200, 30, note=f"best {min(times):.0f} ms")
    first_answer(g.port, "/keyed", 10, key)
