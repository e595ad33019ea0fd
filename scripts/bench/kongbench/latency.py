"""Latency added over raw nginx at half of raw's peak: an open loop of our own client, in alternating order."""
import statistics

from . import machine
from .cpu import wrk
from .gateway import load
from .table import row

ROUNDS = 3 if machine.QUICK else 9
SECONDS = 2 if machine.QUICK else 4


def latency(world):
    # The load core carries client and upstream, so half of what that core can drive is the honest half.
    _, peak, _ = wrk(world.raw.port, 2)
    rate = int(peak / 2)
    targets = {"raw": (world.raw.port, "/"), "raw again": (world.raw2.port, "/")}
    if world.gateway_available:
        targets["gateway"] = (world.full.port, "/")
        targets["key-auth + acl"] = (world.full.port, "/secret")
    seen = {name: [] for name in targets}
    for turn in range(ROUNDS):
        for name in sorted(targets, reverse=turn % 2 == 1):
            port, path = targets[name]
            report = load("-c", "32", "-d", str(SECONDS), "-r", str(rate), "-H", "apikey: benchkey", port=port, path=path)
            if report["failed"] or set(report["status"]) != {"200"}:
                raise RuntimeError(f"{name}: {report}")
            seen[name].append((report["p50_us"], report["p99_us"]))
    p50, p99 = ({n: statistics.median(v[i] for v in values) for n, values in seen.items()} for i in (0, 1))
    row("latency of raw nginx at half of its peak, p50", p50["raw"], "µs", note=f"{rate:,} requests/s; p99 {p99['raw']:.0f} µs; "
        f"second raw nginx {p50['raw again'] - p50['raw']:+.0f} / {p99['raw again'] - p99['raw']:+.0f} µs")
    for name in ("gateway", "key-auth + acl"):
        if name in targets:
            row(f"latency added, {name}, p50", p50[name] - p50["raw"], "µs", 50, 10)
            row(f"latency added, {name}, p99", p99[name] - p99["raw"], "µs", 200, 50)
