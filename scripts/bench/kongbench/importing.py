"""`kong config db_import` of consumers with key-auth credentials into SQLite, and that it shows its progress."""
import time

from . import declarative, machine
from .table import row

CONSUMERS = 10_000 if machine.QUICK else 100_000


def importing(world):
    if not world.gateway_available:
        return
    with world.temporary(configured=False) as g:
        g.kong("stop")
        file = declarative.write_json(f"{g.dir}/consumers.json", declarative.consumers(0, CONSUMERS, 1))
        began = time.monotonic()
        done = machine.run([machine.KONG, "config", "db_import", file], 600, env=g.env)
        seconds = time.monotonic() - began
        if done.returncode:
            raise RuntimeError(f"db_import: {done.stderr[-300:]}")
        lines = sum(1 for line in done.stderr.splitlines() if line.startswith("imported "))
        if not lines:
            raise RuntimeError("db_import showed no progress")
    row(f"db_import of {CONSUMERS:,} consumers with a key each, SQLite", seconds, "s",
        note=f"{2 * CONSUMERS / seconds:,.0f} entities/s; progress shown {lines} times")
