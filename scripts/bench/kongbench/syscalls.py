"""System calls per request: strace -c on the worker."""
import re
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from . import machine
from .cpu import wrk
from .gateway import load
from .table import row

SECONDS = 2 if machine.QUICK else 5
REQUESTS = 2000 if machine.QUICK else 5000


def traced(worker, work):
    """System calls of the worker while `work` runs, per request that it reports."""
    out = tempfile.mktemp(prefix="strace-")
    tracer = subprocess.Popen(["strace", "-c", "-f", "-p", str(worker), "-o", out],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        machine.wait_until("strace", 10, lambda: "TracerPid:\t0" not in Path(f"/proc/{worker}/status").read_text())
        time.sleep(0.1)   # attached is not yet counting
        count = work()
    finally:
        tracer.send_signal(signal.SIGINT)
        tracer.wait(20)
    calls = re.search(r"^\s*[\d.]+\s+[\d.]+\s+\d*\s+(\d+)\s+(?:\d+\s+)?total", Path(out).read_text(), re.M)
    Path(out).unlink()
    if not calls:
        raise RuntimeError("strace -c printed no total")
    return int(calls.group(1)) / count


def under_load(server):
    """With many connections: how many events one epoll_wait brings depends on the load, and so does the figure."""
    def work():
        count, _, failures = wrk(server.port, SECONDS)
        if failures:
            raise RuntimeError(f"{failures} failures")
        return count
    return traced(server.workers[0], work)


def one_by_one(server, path="/", options=()):
    """One request at a time on one connection: repeats exactly, so differences are real."""
    def work():
        report = load("-c", "1", "-n", str(REQUESTS), *options, port=server.port, path=path)
        if report["failed"] or report["status"].get("200") != REQUESTS:
            raise RuntimeError(f"{report}")
        return REQUESTS
    load("-c", "1", "-n", "20", *options, port=server.port, path=path)
    return traced(server.workers[0], work)


def syscalls(world):
    row("system calls per request: raw nginx, 32 connections", under_load(world.raw))
    raw = one_by_one(world.raw)
    row("system calls per request: raw nginx, one by one", raw)
    if not world.gateway_available:
        return
    for title, path, options in (("no plugins", "/", ()), ("key-auth + acl", "/secret", ("-H", "apikey: benchkey"))):
        found = one_by_one(world.full, path, options)
        # A timer that fires now and then is no call per request.
        row(f"system calls above raw: {title}", round(max(0, found - raw), 1), "", 0, 0, note=f"{found:.2f}")
