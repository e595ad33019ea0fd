"""`scripts/bench/run [row …]`: starts what the rows need, measures, prints the table."""
import contextlib
import os
import subprocess
import sys
import time

from . import large, machine, nginx, table
from .coldstart import coldstart
from .consistency import consistency
from .cpu import cpu
from .credentials import credentials
from .gateway import Gateway, Missing
from .importing import importing
from .instructions import instructions
from .latency import latency
from .loading import loading
from .memory import memory
from .postgres import postgres
from .router import router
from .scale import scale
from .syscalls import syscalls
from .writes import creates, writes

# `coldstart` adds routes to the node that `credentials` and `scale` measure: after them.
ROWS = [
    cpu, instructions, syscalls, latency, router, memory, consistency, writes, creates,
    loading, importing, credentials, scale, coldstart, postgres,
]


class World:
    """Raw nginx, the upstream and the gateways, each started once, when first needed."""

    def __init__(self):
        self.many = int(os.environ.get("BENCH_ROUTES", "2000" if machine.QUICK else "10000"))
        self.things, self.gateway_available, self.missing = {}, True, ""
        try:
            _ = self.full
        except Missing as error:
            self.gateway_available, self.missing = False, str(error)

    def thing(self, name, make):
        if name not in self.things:
            self.things[name] = make()
        return self.things[name]

    upstream = property(lambda self: self.thing("upstream", nginx.upstream))
    raw = property(lambda self: self.thing("raw", lambda: nginx.proxy(self.upstream.port)))
    raw2 = property(lambda self: self.thing("raw2", lambda: nginx.proxy(self.upstream.port)))
    dressed = property(lambda self: self.thing("dressed", lambda: nginx.proxy(self.upstream.port, nginx.SAME_HEADERS)))
    full = property(lambda self: self.thing("full", lambda: self.configured(headers=True)))
    bare = property(lambda self: self.thing("bare", lambda: self.configured(headers=False)))
    big = property(lambda self: self.thing("big", lambda: self.configured(headers=False, routes=self.many)))
    one = property(lambda self: self.thing("one", lambda: large.one(self)))
    million = property(lambda self: self.thing("million", lambda: large.million(self)))

    def configured(self, workers=1, headers=True, routes=0, configured=True, **settings):
        """A gateway with /, /secret (key-auth + acl), and `routes` routes with ids in their paths."""
        g = Gateway(self.upstream.port, workers=workers, headers=headers, **settings)
        try:
            if configured:
                g.service()
                if not routes:
                    g.create("/services/bench/routes", name="all", paths=["/"], strip_path=False)
                    g.create("/services/bench/routes", name="secret", paths=["/secret"], strip_path=False)
                    g.protect("secret")
            if routes:
                g.many_routes(routes)
        except RuntimeError:
            g.stop()
            raise
        return g

    @contextlib.contextmanager
    def temporary(self, **options):
        g = self.configured(**options)
        try:
            yield g
        finally:
            g.stop()

    def stop(self):
        for thing in reversed(list(self.things.values())):
            thing.stop()


def main(names):
    known = {f.__name__: f for f in ROWS}
    if unknown := [n for n in names if n not in known]:
        sys.exit(f"bench: no row {', '.join(unknown)}; there are: {', '.join(known)}")
    print(f"bench: {'quick' if machine.QUICK else 'full'}; worker on core {machine.WORKER_CORE}, load and upstream on core {machine.LOAD_CORE}")
    began, world = time.monotonic(), World()
    try:
        if not world.gateway_available:
            print(f"bench: raw nginx only: {world.missing}", file=sys.stderr)
        table.heading()
        # In the order of the list, whatever was asked for: some rows add to the nodes that others measure.
        for name in [n for n in known if not names or n in names]:
            try:
                known[name](world)
            except (Missing, RuntimeError, TimeoutError, subprocess.TimeoutExpired, OSError) as error:
                table.skipped(name, f"failed: {error}")
    finally:
        world.stop()
    table.finish()
    print(f"took {time.monotonic() - began:.0f} s")
    return 1 if any(r["verdict"] in ("MISS", "skipped") for r in table.ROWS) else 0


sys.exit(main(sys.argv[1:]))
