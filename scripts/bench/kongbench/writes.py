"""A hundred Admin writes a second at many routes while requests flow; and how fast the Admin API creates."""
import http.client
import json
import statistics
import threading
import time

from . import machine
from .cpu import Target
from .gateway import load
from .table import row

ROUNDS = 3 if machine.QUICK else 5
SECONDS = 3 if machine.QUICK else 6


class Writers:
    """Writes at a fixed rate over two connections until stopped."""

    def __init__(self, admin_port, rate=100, lanes=4):
        self.done, self.failed, self.on, self.last = 0, 0, True, ""
        self.threads = [threading.Thread(target=self.lane, args=(admin_port, rate / lanes, n), daemon=True) for n in range(lanes)]
        for t in self.threads:
            t.start()

    def lane(self, port, rate, number):
        connection, turn, due = http.client.HTTPConnection("127.0.0.1", port, timeout=30), 0, time.monotonic()
        while self.on:
            due += 1 / rate
            time.sleep(max(0, due - time.monotonic()))
            turn += 1
            body = json.dumps({"paths": [f"/api/r{number}/items", f"/changed/{number}/{turn}"]})
            try:
                connection.request("PATCH", f"/routes/r{number}", body, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                data = answer.read()
                self.done += 1
                if answer.status != 200:
                    self.failed, self.last = self.failed + 1, f"{answer.status} {data[:120]}"
            except (OSError, http.client.HTTPException) as error:
                self.failed, self.last = self.failed + 1, repr(error)
                connection.close()

    def stop(self):
        self.on = False
        for t in self.threads:
            t.join(30)


def measure(target, path, rate):
    before, report = machine.cpu_ns(target.worker), load("-c", "32", "-d", str(SECONDS), "-r", str(rate), port=target.port, path=path)
    bad = report["failed"] + sum(n for status, n in report["status"].items() if status != "200")
    return (machine.cpu_ns(target.worker) - before) / max(1, report["requests"]) / 1000, bad, report["requests"]


def writes(world):
    if not world.gateway_available:
        return
    target, path = Target("gateway", world.big.port, world.big.workers[0]), "/api/r{r:%d}/items/{x}" % world.many
    rate = 5000   # same load in both halves: the worker's batches, and so its cost per request, stay alike
    ratios, failures, requests, done, spent, refused, last = [], 0, 0, 0, 0, 0, ""
    for _ in range(ROUNDS):
        quiet, bad, count = measure(target, path, rate)
        failures, requests = failures + bad, requests + count
        began, writers = time.monotonic(), Writers(world.big.admin_port)
        busy, bad, count = measure(target, path, rate)
        writers.stop()
        failures, requests = failures + bad, requests + count
        done, refused, last = done + writers.done, refused + writers.failed, writers.last or last
        spent += time.monotonic() - began
        ratios.append(busy / quiet)
    note = f"{requests:,} requests, {done / spent:.0f} writes/s" + (f"; {refused} writes failed: {last}" if refused else "")
    row(f"100 writes/s at {world.many:,} routes: failed requests", failures + refused, "", 0, 0, note=note)
    row(f"100 writes/s at {world.many:,} routes: CPU per request ÷ before", statistics.median(ratios), "", 1.15, 1.03)


def creates(world):
    if not world.gateway_available:
        return
    with world.temporary(configured=False) as g:
        creates_on(g)


def creates_on(gateway, where=""):
    body, at = json.dumps({"name": "service-{i}", "url": "http://127.0.0.1:9/{i}"}), 0
    for clients, seconds, ship, aim in ((1, 3, 200, 1000), (16, 5, 1000, 5000)):
        report = load("-c", str(clients), "-d", str(seconds), "-m", "POST", "-b", body, "-s", str(at), port=gateway.admin_port, path="/services")
        at += report["requests"] + 1
        made = report["status"].get("201", 0)
        note = f"p99 {report['p99_us'] / 1000:.1f} ms"
        if made != report["requests"]:
            note += f"; {report['failed']} lost, {report['status']}"
        row(f"Admin creates per second{where}, {clients} client{'s' if clients > 1 else ''}", made / report["seconds"], "/s", ship, aim, higher=True, note=note)
