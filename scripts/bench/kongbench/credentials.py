"""A million key-auth credentials against one: the worker's memory and its CPU time per request."""
import statistics
import tempfile
from pathlib import Path

from . import large, machine
from .cpu import ROUNDS, SECONDS, Target, per_request
from .table import row

WARM = 2 if machine.QUICK else 10

KEYS = """
math.randomseed(os.time())
request = function()
  return wrk.format("GET", "/keyed", {{ apikey = "key-" .. math.random(0, {keys} - 1) }})
end
"""


def keys_script(keys):
    path = Path(tempfile.gettempdir(), f"bench-keys-{keys}.lua")
    path.write_text(KEYS.format(keys=keys))
    return ["-s", str(path)]


def credentials(world):
    if not world.gateway_available:
        return
    targets = {}
    for keys, g in ((1, world.one), (large.CREDENTIALS, world.million)):
        target = Target(f"{keys:,} credentials", g.port, g.workers[0])
        targets[keys] = (target, keys_script(keys))
        # The snapshot in the page cache, and its pages in the worker's page table.
        with open(g.prefix / "snapshot/data.mdb", "rb") as file:
            while file.read(1 << 20):
                pass
        per_request(target, WARM, options=targets[keys][1])
    few, many = targets[1], targets[large.CREDENTIALS]
    ratios, costs = [], {1: [], large.CREDENTIALS: []}
    for turn in range(ROUNDS):
        order = (1, large.CREDENTIALS) if turn % 2 == 0 else (large.CREDENTIALS, 1)
        cost = {keys: per_request(targets[keys][0], SECONDS, options=targets[keys][1]) for keys in order}
        ratios.append(cost[1] / cost[large.CREDENTIALS])
        for keys, value in cost.items():
            costs[keys].append(value)
    row(f"CPU one credential ÷ {large.CREDENTIALS:,} key-auth credentials", statistics.median(ratios), "", 0.90, 0.95, higher=True,
        note=" / ".join(f"{statistics.median(v):.1f}" for v in costs.values()) + " µs")
    # The snapshot's pages that a worker has looked at are the page cache's: they are counted apart.
    own = {keys: machine.anonymous(target.worker) / 1024 for keys, (target, _) in targets.items()}
    mapped = machine.memory(many[0].worker)[0] / 1024 - machine.memory(few[0].worker)[0] / 1024
    row(f"worker memory growth, one to {large.CREDENTIALS:,} credentials", max(0, own[large.CREDENTIALS] - own[1]), "MB", 5, 0,
        note=f"its own {own[1]:.1f} / {own[large.CREDENTIALS]:.1f} MB; with shared and mapped pages {mapped:+.1f} MB")
