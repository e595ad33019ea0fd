"""One kept connection to every worker of a gateway: what a change looks like from each of them."""
import http.client
import os
import time
from pathlib import Path

from . import machine


def served_by(local_port, port, pids):
    """The process that holds the other end of a loopback connection."""
    wanted = (f"0100007F:{port:04X}", f"0100007F:{local_port:04X}")
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if tuple(fields[1:3]) != wanted:
            continue
        for pid in pids:
            for descriptor in Path(f"/proc/{pid}/fd").iterdir():
                try:
                    if os.readlink(descriptor) == f"socket:[{fields[9]}]":
                        return pid
                except OSError:
                    continue
    return None


class EachWorker:
    def __init__(self, gateway):
        self.by_pid, end = {}, time.monotonic() + 30
        wanted = set(gateway.workers)
        while set(self.by_pid) != wanted:
            if time.monotonic() > end:
                raise RuntimeError("no connection reached some worker within 30 s")
            connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=60)
            self.status(connection, "/")
            pid = served_by(connection.sock.getsockname()[1], gateway.port, wanted)
            if pid is None or pid in self.by_pid:
                connection.close()
            else:
                self.by_pid[pid] = connection

    @staticmethod
    def status(connection, path):
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return answer.status

    def until_all(self, path, seconds=60):
        """Asks every worker until each has answered 200."""
        end = time.monotonic() + seconds
        for pid, connection in self.by_pid.items():
            while self.status(connection, path) != 200:
                if time.monotonic() > end:
                    raise RuntimeError(f"{path}: worker {pid} does not serve it within {seconds} s")

    def close(self):
        for connection in self.by_pid.values():
            connection.close()


def first_answer(port, path, seconds, headers=None):
    """Asks on fresh connections until one is answered with 200; the moment of that answer."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
        try:
            connection.request("GET", path, headers=headers or {})
            answer = connection.getresponse()
            answer.read()
            if answer.status == 200:
                return time.monotonic()
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(0.001)
    raise TimeoutError(f"no 200 on {path} within {seconds} s; pinned cores {machine.CORES}")
