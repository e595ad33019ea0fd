"""Memory of the workers: proportional set size with no routes and with many."""
from . import machine
from .gateway import load
from .table import row


def settled(g, path):
    """Every worker has served; (sum, first) of the workers' proportional sizes in MB."""
    for _ in range(20):
        load("-c", "16", "-n", "200", port=g.port, path=path)
    sizes = [machine.memory(pid)[0] / 1024 for pid in g.workers]
    return sum(sizes), sizes


def memory(world):
    load("-c", "16", "-n", "2000", port=world.raw.port, path="/")
    raw = machine.memory(world.raw.workers[0])[0] / 1024
    row("memory of a raw nginx worker", raw, "MB")
    if not world.gateway_available:
        return
    grown, empty = {}, {}
    for workers in (1, 2):
        with world.temporary(workers=workers, configured=False) as g:
            empty[workers], _ = settled(g, "/")
            g.service()
            g.many_routes(world.many)
            full, sizes = settled(g, "/api/r{r:%d}/items/{x}" % world.many)
            grown[workers] = full - empty[workers]
            private = [machine.memory(pid)[1] / 1024 for pid in g.workers]
    row("worker memory above raw nginx, nothing configured", empty[1] - raw, "MB", 16, 8)
    row(f"memory per {world.many:,} routes, first worker", grown[1], "MB", 20, 5)
    row(f"memory per {world.many:,} routes, each further one", max(0, grown[2] - grown[1]), "MB", 10, 0.5,
        note="worker PSS " + ", ".join(f"{s:.1f}" for s in sizes) + " MB; private " + ", ".join(f"{s:.1f}" for s in private))
