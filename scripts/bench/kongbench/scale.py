"""What must not grow with the number of entities: a page of a list, a write, a worker's start."""
import os
import signal
import statistics
import time
import urllib.parse

from . import large, machine
from .eachworker import first_answer
from .table import row

ROUNDS = 5 if machine.QUICK else 15
WRITES = 100 if machine.QUICK else 300


def timed(call):
    began = time.monotonic()
    status, body = call()
    seconds = time.monotonic() - began
    if status >= 300 or status == 0:
        raise RuntimeError(f"{status} {body}")
    return seconds, body


def pages(g):
    """Median seconds of the first and of the last whole page of 1,000 consumers."""
    last, offset, seen = "/consumers?size=1000", None, 0
    while True:
        path = "/consumers?size=1000" + (f"&offset={urllib.parse.quote(offset)}" if offset else "")
        _, body = timed(lambda path=path: g.get(path))
        seen += len(body["data"])
        if len(body["data"]) == 1000:
            last = path
        offset = body.get("offset")
        if not offset:
            break
    if seen < large.CONSUMERS:
        raise RuntimeError(f"{seen} consumers listed, {large.CONSUMERS} expected")
    first, end = [], []
    for _ in range(ROUNDS):
        first.append(timed(lambda: g.get("/consumers?size=1000"))[0])
        end.append(timed(lambda: g.get(last))[0])
    return statistics.median(first), statistics.median(end)


def write_cost(g, mark):
    """Seconds of each of some creates, one after the other."""
    return [timed(lambda n=n: g.request("POST", "/consumers", {"username": f"{mark}-{n}"}))[0] for n in range(WRITES)]


def reborn(g, path="/", headers=None):
    """Milliseconds from a worker's SIGKILL to the first 200 of the next one."""
    worker = g.workers[0]
    began = time.monotonic()
    os.kill(worker, signal.SIGKILL)
    # What the dead one had accepted is refused; its successor answers on the same socket.
    answered = first_answer(g.port, path, 30, headers)
    machine.wait_until("the next worker", 10, lambda: g.workers and worker not in g.workers)
    g.pin()
    return (answered - began) * 1000


def scale(world):
    if not world.gateway_available:
        return
    first, last = pages(world.million)
    row(f"a page of 1,000 at the end ÷ at the start of {large.CONSUMERS:,}", last / first, "",
        note=f"{last * 1000:.1f} / {first * 1000:.1f} ms")
    # What clients ask for before anything else, again and again.
    roots = {g: statistics.median(timed(lambda g=g: g.get("/"))[0] for _ in range(ROUNDS * 10)) for g in (world.one, world.million)}
    row(f"GET / with {large.CREDENTIALS + large.CONSUMERS:,} entities ÷ with few", roots[world.million] / roots[world.one], "",
        note=f"{roots[world.million] * 1000:.2f} / {roots[world.one] * 1000:.2f} ms")
    few, many = [], []
    for turn in range(4):
        for seconds, g in ((few, world.one), (many, world.million)) if turn % 2 == 0 else ((many, world.million), (few, world.one)):
            seconds += write_cost(g, f"turn{turn}")
    few, many = statistics.median(few), statistics.median(many)
    row(f"a write with {large.CREDENTIALS + large.CONSUMERS:,} entities ÷ with few", many / few, "",
        note=f"{many * 1000:.2f} / {few * 1000:.2f} ms")
    starts = {name: statistics.median(reborn(g) for _ in range(ROUNDS)) for name, g in (("few", world.one), ("many", world.million))}
    row(f"start of a worker with {large.CREDENTIALS:,} credentials ÷ with one", starts["many"] / starts["few"], "",
        note=f"{starts['many']:.1f} / {starts['few']:.1f} ms")
