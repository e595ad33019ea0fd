"""After an Admin 2xx the very next request, on any worker, sees the change: count those that do not."""
import http.client
import json
import multiprocessing
import time

from . import machine
from .table import row

WRITERS, WORKERS = 8, 4
SECONDS = 5 if machine.QUICK else 20


def ask(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)   # fresh: any worker may accept it
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def write(connection, method, path, value=None):
    connection.request(method, path, json.dumps(value) if value is not None else None, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    data = answer.read()
    if answer.status >= 300:
        raise RuntimeError(f"{method} {path}: {answer.status} {data[:200]}")
    return json.loads(data) if data else None


def writer(number, admin_port, port, seconds, results):
    checks = wrong = writes = 0
    example = ""
    try:
        admin = http.client.HTTPConnection("127.0.0.1", admin_port, timeout=20)
        end, turn = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            path, moved = f"/w{number}/{turn}/a", f"/w{number}/{turn}/b"
            route = write(admin, "POST", "/services/bench/routes", {"paths": [path], "name": f"w{number}-{turn}"})["id"]
            steps = [(path, 200)]
            for step in ("made", "moved", "gone"):
                if step == "moved":
                    write(admin, "PATCH", f"/routes/{route}", {"paths": [moved]})
                    steps = [(path, 404), (moved, 200)]
                elif step == "gone":
                    write(admin, "DELETE", f"/routes/{route}")
                    steps = [(moved, 404), (path, 404)]
                writes += 1
                for target, expected in steps * 2:
                    status = ask(port, target)
                    checks += 1
                    if status != expected:
                        wrong += 1
                        example = example or f"{step} {target}: {status}, expected {expected}"
            turn += 1
    except (OSError, RuntimeError, http.client.HTTPException) as error:
        wrong, example = wrong + 1, example or repr(error)
    results.put((checks, wrong, writes, example))


def consistency(world):
    if not world.gateway_available:
        return
    with world.temporary(workers=WORKERS, configured=False) as g:
        g.service()
        results = multiprocessing.Queue()
        writers = [multiprocessing.Process(target=writer, args=(n, g.admin_port, g.port, SECONDS, results)) for n in range(WRITERS)]
        for w in writers:
            w.start()
        found = [results.get(timeout=SECONDS + 90) for _ in writers]
        for w in writers:
            w.join(20)
    checks, wrong, writes = (sum(f[i] for f in found) for i in range(3))
    example = next((f[3] for f in found if f[3]), "")
    row(f"wrong answers after an Admin 2xx, {WRITERS} writers, {WORKERS} workers", wrong, "", 0, 0,
        note=f"{checks:,} next requests after {writes:,} writes" + (f"; {example}" if example else ""))
