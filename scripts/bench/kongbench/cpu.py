"""CPU time per request: the worker's schedstat over wrk's own request count, in adjacent pairs."""
import re
import statistics
import tempfile
from pathlib import Path

from . import machine
from .table import row

ROUNDS = 5 if machine.QUICK else 9
SECONDS = 1 if machine.QUICK else 3

IDS = """
math.randomseed(os.time())
request = function()
  return wrk.format("GET", string.format("/api/r%d/items/%08x-%06x", math.random(0, {routes} - 1),
    math.random(0, 2147483647), math.random(0, 16777215)))
end
"""


class Target:
    """Something that answers on a port, by one worker."""

    def __init__(self, name, port, worker):
        self.name, self.port, self.worker = name, port, worker


def ids_script(routes):
    path = Path(tempfile.gettempdir(), f"bench-ids-{routes}.lua")
    path.write_text(IDS.format(routes=routes))
    return ["-s", str(path)]


def wrk(port, seconds, path="/", options=(), connections=32):
    """wrk's report: requests, requests per second, failures."""
    argv = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", *options, f"http://127.0.0.1:{port}{path}"]
    out = machine.run(machine.on_load_core(argv), seconds + 60).stdout
    count = re.search(r"(\d+) requests in", out)
    if not count:
        raise RuntimeError(f"wrk: {out}")
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    lost = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", out)
    failures = (int(bad.group(1)) if bad else 0) + (sum(map(int, lost.groups())) if lost else 0)
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1))
    return int(count.group(1)), rate, failures


def per_request(target, seconds, path="/", options=()):
    """Microseconds of worker CPU per request; refuses to measure failures."""
    before = machine.cpu_ns(target.worker)
    count, _, failures = wrk(target.port, seconds, path, options)
    spent = machine.cpu_ns(target.worker) - before
    if failures or not count:
        raise RuntimeError(f"{target.name}: {failures} failures in {count} requests")
    return spent / count / 1000


def compare(base, others, path="/", options=(), rounds=ROUNDS, seconds=SECONDS):
    """Median of base ÷ other over adjacent pairs in alternating order, and the median cost of each."""
    ratios, costs = {o.name: [] for o in others}, {t.name: [] for t in (base, *others)}
    for target in (base, *others):
        per_request(target, 1, path, options)
    for turn in range(rounds):
        for other in others:
            pair = (base, other) if turn % 2 == 0 else (other, base)
            cost = {t.name: per_request(t, seconds, path, options) for t in pair}
            ratios[other.name].append(cost[base.name] / cost[other.name])
            for name, value in cost.items():
                costs[name].append(value)
    return ({n: statistics.median(v) for n, v in ratios.items()}, {n: statistics.median(v) for n, v in costs.items()})


def report(title, ratios, costs, base, name, control, ship=None, aim=None):
    """One row; a run whose control is off by more than 5 % says nothing, and the row says so."""
    note = f"{costs[base]:.1f} / {costs[name]:.1f} µs"
    if control is not None and abs(control - 1) > 0.05:
        note += f"; control {control:.3f}: too noisy, measure again"
    row(title, ratios[name], "", ship, aim, higher=True, note=note)


def cpu(world):
    raw, second, dressed = (Target(n, s.port, s.workers[0]) for n, s in
                            (("raw", world.raw), ("raw again", world.raw2), ("raw, same headers", world.dressed)))
    if not world.gateway_available:
        ratios, costs = compare(raw, [second, dressed])
        report("CPU control: raw nginx ÷ a second raw nginx", ratios, costs, "raw", "raw again", None)
        report("CPU raw nginx ÷ raw nginx writing Kong's headers", ratios, costs, "raw", "raw, same headers", ratios["raw again"])
        return

    bare = Target("gateway, no headers", world.bare.port, world.bare.workers[0])
    full = Target("gateway", world.full.port, world.full.workers[0])
    ratios, costs = compare(raw, [second, bare, full])
    control = ratios["raw again"]
    report("CPU control: raw nginx ÷ a second raw nginx", ratios, costs, "raw", "raw again", None)
    report("CPU raw ÷ gateway: one route, no plugins, no headers", ratios, costs, "raw", bare.name, control, 0.90, 0.97)
    report("CPU raw ÷ gateway: the same, Kong's headers on one side", ratios, costs, "raw", full.name, control)
    ratios, costs = compare(dressed, [full])
    report("CPU raw ÷ gateway: the same, Kong's headers on both", ratios, costs, dressed.name, full.name, control, 0.90, 0.97)

    key = ["-H", "apikey: benchkey"]
    ratios, costs = compare(raw, [bare], "/secret", key)
    report("CPU raw ÷ gateway: key-auth + acl, no headers", ratios, costs, "raw", bare.name, control, 0.85, 0.95)
    ratios, costs = compare(dressed, [full], "/secret", key)
    report("CPU raw ÷ gateway: key-auth + acl, Kong's headers on both", ratios, costs, dressed.name, full.name, control, 0.85, 0.95)

    big = Target("gateway, many routes", world.big.port, world.big.workers[0])
    ratios, costs = compare(raw, [big], options=ids_script(world.many))
    report(f"CPU raw ÷ gateway: {world.many:,} routes, ids in the paths", ratios, costs, "raw", big.name, control, 0.88, 0.95)
