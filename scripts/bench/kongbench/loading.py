"""Whole configurations: `POST /config` and `kong start` with a declarative file, until every worker serves it."""
import http.client
import json
import time

from . import declarative, machine
from .eachworker import EachWorker, first_answer
from .gateway import Gateway
from .table import row

WORKERS = 2
# Routes, ship and aim in seconds.
SIZES = [(10_000, 3, 0.5)] if machine.QUICK else [(10_000, 3, 0.5), (100_000, 20, 4)]
ROUNDS = 3


def post(g, body):
    """Seconds until the Admin API has answered."""
    connection = http.client.HTTPConnection("127.0.0.1", g.admin_port, timeout=300)
    try:
        connection.request("POST", "/config", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        data = answer.read()
        if answer.status != 201:
            raise RuntimeError(f"POST /config: {answer.status} {data[:300]}")
    finally:
        connection.close()


def posted(g, count, upstream_port):
    """Best of some rounds, each with a path of its own to ask for: nothing of the round before can answer."""
    best = (float("inf"), 0)
    for turn in range(ROUNDS):
        document = declarative.routes(count, upstream_port)
        document["services"][-1]["routes"][-1]["paths"].append(f"/round/{turn}")
        body = json.dumps(document)
        each = EachWorker(g)
        began = time.monotonic()
        post(g, body)
        answered = time.monotonic() - began
        each.until_all(f"/round/{turn}")
        best = min(best, (time.monotonic() - began, answered))
        each.close()
    return best


def started(world, count, suffix, write):
    """Seconds from `kong start` with a file to the first 200 on its last route."""
    document = declarative.routes(count, world.upstream.port)
    moments = {}

    def before(g):
        g.env["KONG_DECLARATIVE_CONFIG"] = write(f"{g.dir}/kong.{suffix}", document)
        moments["began"] = time.monotonic()

    g = Gateway(world.upstream.port, before=before, DATABASE="off")
    try:
        return first_answer(g.port, f"/api/r{count - 1}/items", 60) - moments["began"]
    finally:
        g.stop()


def loading(world):
    if not world.gateway_available:
        return
    for count, ship, aim in SIZES:
        with world.temporary(workers=WORKERS, configured=False, DATABASE="off") as g:
            seconds, answered = posted(g, count, world.upstream.port)
        row(f"POST /config of {count:,} routes until in force on {WORKERS} workers", seconds, "s", ship, aim,
            note=f"answered after {answered:.2f} s")
        row(f"kong start with a YAML file of {count:,} routes to the first 200", started(world, count, "yml", declarative.write_yaml), "s")
        row(f"kong start with a JSON file of {count:,} routes to the first 200", started(world, count, "json", declarative.write_json), "s")
