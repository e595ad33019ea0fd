"""User-space instructions per request: callgrind on one process, the difference of two run lengths."""
import os
import re
import signal
import subprocess
import tempfile
from pathlib import Path

from . import machine, nginx
from .gateway import load
from .table import row

SHORT, LONG = (500, 2500) if machine.QUICK else (1000, 5000)
TOP = "daemon off; master_process off;"
# Of the gateway: writes no header that raw nginx does not write.
WITHOUT_HEADERS = machine.ROOT / "scripts/bench/nginx-without-headers.conf"


def total(argv, port, count, path, options, first=()):
    """Instructions of a whole run that serves `count` requests, one at a time, after those that `first` describes."""
    out = tempfile.mktemp(prefix="callgrind-")
    process = subprocess.Popen(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", "-q", *argv],
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        machine.wait_until("nginx under callgrind", 120, lambda: machine.answers(port) or process.poll() is not None)
        if first:
            load(*first[:-1], port=port, path=first[-1])
        report = load("-c", "1", "-n", str(count), *options, port=port, path=path)
        if report["failed"] or report["status"].get("200") != count:
            raise RuntimeError(f"under callgrind: {report}")
        quit_surely(process)
        found = re.search(r"^(?:summary|totals): (\d+)", Path(out).read_text(), re.M)
        if not found:
            raise RuntimeError("callgrind wrote no totals")
        return int(found.group(1))
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        if keep := os.environ.get("BENCH_CALLGRIND"):   # a directory to look into with callgrind_annotate
            os.makedirs(keep, exist_ok=True)
            Path(out).rename(Path(keep, f"{Path(out).name}-{count}"))
        else:
            Path(out).unlink(missing_ok=True)


def quit_surely(process):
    """A signal that comes just before epoll_wait wakes nobody: send it until the process is gone."""
    for _ in range(120):
        process.send_signal(signal.SIGQUIT)
        try:
            process.wait(0.5)
            return
        except subprocess.TimeoutExpired:
            continue
    raise RuntimeError("nginx under callgrind does not end")


def per_request(argv, port, path="/", options=(), first=()):
    return (total(argv, port, LONG, path, options, first) - total(argv, port, SHORT, path, options, first)) / (LONG - SHORT)


def raw(upstream_port, headers, path="/", options=()):
    """The configuration of raw nginx, under callgrind."""
    server = nginx.Nginx(nginx.PROXY, upstream=upstream_port, headers=headers, top=TOP)
    server.process.send_signal(signal.SIGQUIT)
    server.process.wait(20)
    try:
        return per_request(["nginx", "-p", server.dir, "-c", f"{server.dir}/nginx.conf"], server.port, path, options)
    finally:
        server.stop()


def gateway(g, path="/", options=(), first=()):
    """A configured gateway; it is stopped for this and its snapshot served by one process."""
    conf = g.single_process_conf()
    return per_request(["nginx", "-p", str(g.prefix), "-c", str(conf)], g.port, path, options, first)


def both(world, key, **options):
    """A gateway without and with key-auth + acl."""
    with world.temporary(headers=False, **options) as g:
        plain = gateway(g)
        conf = g.prefix / "nginx-bench.conf"
        return plain, per_request(["nginx", "-p", str(g.prefix), "-c", str(conf)], g.port, "/secret", key)


def instructions(world):
    key = ["-H", "apikey: benchkey"]
    plain, keyed = raw(world.upstream.port, nginx.BARE), raw(world.upstream.port, nginx.BARE, "/secret", key)
    dressed = raw(world.upstream.port, nginx.SAME_HEADERS)
    row("instructions per request: raw nginx", plain, "instr")
    row("instructions per request: raw nginx writing Kong's headers", dressed, "instr")
    if not world.gateway_available:
        return
    bare, bare_key = both(world, key, template=WITHOUT_HEADERS)
    row("instructions above raw: no plugins, no header block", bare - plain, "instr", 3000, 1500)
    row("instructions above raw: key-auth + acl, no header block", bare_key - keyed, "instr", 6000, 4000)
    block, block_key = both(world, key)
    row("instructions above raw: no plugins, forwarding headers", block - plain, "instr")
    row("instructions above raw: key-auth + acl, forwarding headers", block_key - keyed, "instr")
    with world.temporary(headers=True) as g:
        full = gateway(g)
    row("instructions with Kong's headers ÷ raw writing the same", full / dressed, "", 1.0, 0.87, note=f"{full:,.0f} / {dressed:,.0f}")
    with world.temporary(headers=False, routes=world.many, template=WITHOUT_HEADERS) as g:
        # Every route once before: what is made at a route's first request is no cost of the next ones.
        every = ("-c", "1", "-n", str(world.many), "/api/r{i}/items")
        many = gateway(g, "/api/r{r:%d}/items/{x}" % world.many, first=every)
    longer = raw(world.upstream.port, nginx.BARE, "/api/r{r:%d}/items/{x}" % world.many)
    row(f"instructions above raw: {world.many:,} routes, ids in the paths", many - longer, "instr", 3000, 1500)
    row(f"instructions to route: {world.many:,} routes − one route", (many - longer) - (bare - plain), "instr")
