"""Several nodes on one Postgres: creates per second, and how soon another node answers by a change."""
import contextlib
import http.client
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from . import machine
from .consistency import ask, write
from .gateway import Gateway, Missing
from .table import row, skipped
from .writes import creates_on

CHANGES = 100 if machine.QUICK else 500


class Server:
    """A Postgres of our own, as durable as its defaults make it."""

    def __init__(self):
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
        if not found:
            raise Missing("no Postgres is installed")
        self.bin, self.port = found[-1].parent, machine.free_port()
        self.dir = tempfile.mkdtemp(prefix="bench-postgres-")
        if os.getuid() == 0:
            shutil.chown(self.dir, "postgres")
        self.run("initdb", "-D", f"{self.dir}/data", "-A", "trust", "-U", "kong")
        options = f"-c port={self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.dir}"
        self.run("pg_ctl", "-D", f"{self.dir}/data", "-l", f"{self.dir}/log", "-w", "-o", options, "start")

    def run(self, tool, *arguments):
        command = [str(self.bin / tool), *arguments]
        if os.getuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        # To files, not pipes: the server that pg_ctl leaves behind would keep a pipe open.
        done = subprocess.run(command, timeout=60, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", check=False)
        if done.returncode:
            raise Missing(f"{tool}: exit {done.returncode}")

    def settings(self):
        return {"DATABASE": "postgres", "PG_HOST": "127.0.0.1", "PG_PORT": str(self.port), "PG_USER": "kong", "PG_DATABASE": "postgres"}

    def stop(self):
        with contextlib.suppress(Missing):
            self.run("pg_ctl", "-D", f"{self.dir}/data", "-w", "-m", "immediate", "stop")
        shutil.rmtree(self.dir, ignore_errors=True)


@contextlib.contextmanager
def nodes(world, count):
    server, started = Server(), []
    try:
        for number in range(count):
            before = (lambda g: g.kong("migrations", "bootstrap")) if number == 0 else None
            started.append(Gateway(world.upstream.port, before=before, **server.settings()))
        yield started
    finally:
        for gateway in started:
            gateway.stop()
        server.stop()


def postgres(world):
    if not world.gateway_available:
        return
    try:
        with nodes(world, 2) as (first, second):
            creates_on(first, " on Postgres")
            propagation(first, second)
    except Missing as error:
        skipped("several nodes on Postgres", str(error))


def propagation(first, second):
    """From a 2xx on one node until the other answers by the change; once it does, it must go on doing so."""
    first.service()
    admin = http.client.HTTPConnection("127.0.0.1", first.admin_port, timeout=20)
    machine.wait_until("the service on the other node", 10, lambda: second.get("/services/bench")[0] == 200)
    took, wrong, route = [], 0, None
    for turn in range(CHANGES):
        path = f"/p{turn}"
        if route is None or turn % 2 == 0:
            route = write(admin, "POST", "/services/bench/routes", {"paths": [path], "name": f"p{turn}"})["id"]
        else:
            write(admin, "PATCH", f"/routes/{route}", {"paths": [path]})
        acknowledged = time.monotonic()
        while ask(second.port, path) != 200:
            if time.monotonic() - acknowledged > 10:
                raise TimeoutError(f"{path} never reached the other node")
        took.append((time.monotonic() - acknowledged) * 1000)
        wrong += sum(ask(second.port, path) != 200 for _ in range(3))
    took.sort()
    p99 = took[min(len(took) - 1, int(len(took) * 0.99))]
    row("a change on another node over Postgres, p99", p99, "ms", 500, 50,
        note=f"p50 {statistics.median(took):.1f} ms, max {took[-1]:.0f} ms, {len(took)} changes")
    row("wrong answers of that node afterwards", wrong, "", 0, 0)
