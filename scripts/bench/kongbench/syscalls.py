"""System calls per request: strace -c on the worker while wrk loads it."""
import re
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from . import machine
from .cpu import Target, wrk
from .table import row

SECONDS = 2 if machine.QUICK else 5


def per_request(target, path="/", options=()):
    out = tempfile.mktemp(prefix="strace-")
    tracer = subprocess.Popen(["strace", "-c", "-f", "-p", str(target.worker), "-o", out],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        machine.wait_until("strace", 10, lambda: "TracerPid:\t0" not in Path(f"/proc/{target.worker}/status").read_text())
        time.sleep(0.1)   # attached is not yet counting
        count, _, failures = wrk(target.port, SECONDS, path, options)
        if failures:
            raise RuntimeError(f"{target.name}: {failures} failures")
    finally:
        tracer.send_signal(signal.SIGINT)
        tracer.wait(20)
    calls = re.search(r"^\s*[\d.]+\s+[\d.]+\s+\d*\s+(\d+)\s+(?:\d+\s+)?total", Path(out).read_text(), re.M)
    Path(out).unlink()
    if not calls:
        raise RuntimeError("strace -c printed no total")
    return int(calls.group(1)) / count


def syscalls(world):
    raw = per_request(Target("raw", world.raw.port, world.raw.workers[0]))
    row("system calls per request: raw nginx", raw)
    if not world.gateway_available:
        return
    full = Target("gateway", world.full.port, world.full.workers[0])
    plain = per_request(full)
    row("system calls above raw: no plugins", max(0, round(plain - raw, 2)), "", 0.1, 0.1, note=f"{plain:.2f}")
    keyed = per_request(full, "/secret", ["-H", "apikey: benchkey"])
    row("system calls above raw: key-auth + acl", max(0, round(keyed - raw, 2)), "", 0.1, 0.1, note=f"{keyed:.2f}")
