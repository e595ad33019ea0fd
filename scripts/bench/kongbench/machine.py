"""This machine: where things are, which core does what, and how /proc is read."""
import os
import socket
import subprocess
import time
from pathlib import Path

ROOT = Path.cwd()
LOAD = str(ROOT / ".build/bench/load")
KONG = os.environ.get("KONG", str(ROOT / "bin/kong"))
QUICK = os.environ.get("BENCH", "full") == "quick"

# The worker under test has one core to itself; load and upstream share the other.
CORES = sorted(os.sched_getaffinity(0))
LOAD_CORE, WORKER_CORE = CORES[0], CORES[-1]

_port = int(os.environ.get("BENCH_PORT", "25300"))


def free_port():
    """A port nobody listens on, below the ephemeral range."""
    global _port
    while True:
        _port += 1
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", _port))
                return _port
            except OSError:
                continue


def cpu_ns(pid):
    """Nanoseconds that the process has been on a CPU."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])


def memory(pid):
    """(proportional, private) kilobytes of a process."""
    kb = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        name, _, rest = line.partition(":")
        if rest.strip().endswith("kB"):
            kb[name] = int(rest.split()[0])
    return kb["Pss"], kb["Private_Clean"] + kb["Private_Dirty"]


def anonymous(pid):
    """Kilobytes that belong to the process alone: heap and stacks, no mapped file."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Anonymous:"):
            return int(line.split()[1])
    return 0


def children(pid):
    """Processes whose parent is `pid`, in order of their ids."""
    try:
        return sorted(int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    except OSError:
        return []


def workers(master):
    """nginx workers of a master: children that say so, and are not on their way out."""
    found = []
    for pid in children(master):
        try:
            title = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
        if b"worker process" in title and b"shutting down" not in title:
            found.append(pid)
    return found


def pin(pid, core):
    os.sched_setaffinity(pid, {core})


def on_load_core(argv):
    return ["taskset", "-c", str(LOAD_CORE), *argv]


def wait_until(what, seconds, condition):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise TimeoutError(f"{what}: not within {seconds} s")


def answers(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def run(argv, timeout, **more):
    return subprocess.run(argv, timeout=timeout, capture_output=True, text=True, check=False, **more)
