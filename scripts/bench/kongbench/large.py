"""One node with a million key-auth credentials, made once for the rows that need it."""
from . import declarative, machine
from .gateway import Gateway

CONSUMERS, KEYS_EACH = (10_000, 10) if machine.QUICK else (100_000, 10)
CREDENTIALS = CONSUMERS * KEYS_EACH
ROUTES = 10_000 if machine.QUICK else 100_000
# Imported piece by piece: one document of all of them would measure Python and the page cache.
PIECE = 10_000


def protected(upstream_port):
    """A service with / and, behind key-auth, /keyed."""
    return {"_format_version": "3.0", "services": [{
        "name": "bench", "url": f"http://127.0.0.1:{upstream_port}",
        "routes": [{"name": "all", "paths": ["/"], "strip_path": False},
                   {"name": "keyed", "paths": ["/keyed"], "strip_path": False, "plugins": [{"name": "key-auth"}]}]}]}


def put(g, document):
    g.kong("config", "db_import", declarative.write_json(f"{g.dir}/piece.json", document), timeout=600)


def one(world):
    """The same node with one credential, to compare with."""
    def before(g):
        put(g, protected(world.upstream.port))
        put(g, declarative.consumers(0, 1, 1))
    return Gateway(world.upstream.port, headers=False, before=before)


def million(world):
    def before(g):
        put(g, protected(world.upstream.port))
        for first in range(0, CONSUMERS, PIECE):
            put(g, declarative.consumers(first, min(PIECE, CONSUMERS - first), KEYS_EACH))
    return Gateway(world.upstream.port, headers=False, before=before)


def add_routes(world, g):
    """100,000 routes beside the credentials; the node is started anew with them."""
    g.kong("stop")
    put(g, declarative.routes(ROUTES, world.upstream.port))
    g.kong("start")
    g.pin()
