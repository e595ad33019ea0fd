"""The gateway: `kong start` in a temporary prefix, its Admin API, its workers."""
import http.client
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from . import machine


class Missing(Exception):
    """The gateway is not built or does not start; rows that need it are skipped."""


class Gateway:
    def __init__(self, upstream_port, workers=1, headers=True, before=None, template=None, **settings):
        """`before(gateway)` is called before anything is started: it may fill the database. `template`: of nginx.conf."""
        if not os.access(machine.KONG, os.X_OK):
            raise Missing(f"{machine.KONG} is not there: run `make build` first")
        self.dir = tempfile.mkdtemp(prefix="bench-kong-")
        os.chmod(self.dir, 0o755)
        self.prefix = Path(self.dir, "prefix")
        self.port, self.admin_port = machine.free_port(), machine.free_port()
        self.upstream_port = upstream_port
        base = {
            "PREFIX": str(self.prefix), "PROXY_LISTEN": f"127.0.0.1:{self.port} backlog=4096",
            "ADMIN_LISTEN": f"127.0.0.1:{self.admin_port}", "STATUS_LISTEN": "off", "ADMIN_GUI_LISTEN": "off",
            "NGINX_WORKER_PROCESSES": str(workers), "NGINX_USER": "root root", "PROXY_ACCESS_LOG": "off",
            "ADMIN_ACCESS_LOG": "off", "LOG_LEVEL": "error", "ANONYMOUS_REPORTS": "off",
            "NGINX_ADMIN_CLIENT_MAX_BODY_SIZE": "200m",
            "UPSTREAM_KEEPALIVE_MAX_REQUESTS": "0", "NGINX_HTTP_KEEPALIVE_REQUESTS": "100000000",
        }
        if not headers:
            base.update(HEADERS="off", HEADERS_UPSTREAM="off")
        base.update(settings)
        kept = {k: v for k, v in os.environ.items() if not k.startswith("KONG")}
        self.env = dict(kept, **{f"KONG_{k}": v for k, v in base.items()})
        try:
            if before:
                before(self)
            self.kong("start", *(["--nginx-conf", str(template)] if template else []))
            machine.wait_until("the gateway", 30, lambda: self.get("/status")[0] == 200)
        except (RuntimeError, TimeoutError) as error:
            self.stop()
            raise Missing(str(error)) from None
        self.pin()

    def pin(self):
        """Workers on their core; the admin process with the load."""
        for worker in self.workers:
            machine.pin(worker, machine.WORKER_CORE)
        if self.admin_pid:
            machine.pin(self.admin_pid, machine.LOAD_CORE)

    def kong(self, *arguments, timeout=120):
        done = machine.run([machine.KONG, *arguments], timeout, env=self.env)
        if done.returncode:
            raise RuntimeError(f"kong {arguments[0]}: exit {done.returncode}: {(done.stderr or done.stdout).strip()[-400:]}")
        return done.stdout

    def kong_in_background(self, *arguments):
        return subprocess.Popen([machine.KONG, *arguments], env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def pid(self, name):
        try:
            return int((self.prefix / "pids" / f"{name}.pid").read_text())
        except (OSError, ValueError):
            return None

    @property
    def master(self):
        return self.pid("nginx")

    @property
    def admin_pid(self):
        return self.pid("admin")

    @property
    def workers(self):
        return machine.workers(self.master) if self.master else []

    def request(self, method, path, value=None, timeout=30):
        connection = http.client.HTTPConnection("127.0.0.1", self.admin_port, timeout=timeout)
        try:
            body = None if value is None else json.dumps(value)
            connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
            answer = connection.getresponse()
            data = answer.read()
            return answer.status, json.loads(data) if data else None
        except (OSError, http.client.HTTPException, ValueError) as error:
            return 0, {"message": repr(error)}
        finally:
            connection.close()

    def get(self, path):
        return self.request("GET", path)

    def create(self, path, **value):
        status, body = self.request("POST", path, value)
        if status != 201:
            raise RuntimeError(f"POST {path}: {status} {body}")
        return body

    def service(self, name="bench"):
        return self.create("/services", name=name, url=f"http://127.0.0.1:{self.upstream_port}")

    def many_routes(self, count, service="bench"):
        """`count` routes with paths /api/r<n>/items, made by sixteen clients."""
        body = json.dumps({"name": "r{i}", "paths": ["/api/r{i}/items"], "strip_path": False})
        report = load("-c", "16", "-n", str(count), "-m", "POST", "-b", body, port=self.admin_port,
                      path=f"/services/{service}/routes")
        if report["status"].get("201") != count:
            raise RuntimeError(f"creating {count} routes: {report}")
        return report

    def protect(self, route):
        """key-auth and acl on a route, and a consumer whose key is `benchkey`."""
        self.create(f"/routes/{route}/plugins", name="key-auth")
        self.create(f"/routes/{route}/plugins", name="acl", config={"allow": ["gold"]})
        self.create("/consumers", username="bench")
        self.create("/consumers/bench/key-auth", key="benchkey")
        self.create("/consumers/bench/acls", group="gold")

    def single_process_conf(self):
        """The rendered nginx.conf for one process in the foreground (callgrind): kong is stopped, the snapshot stays."""
        self.kong("stop")
        source = self.prefix / "nginx.conf"
        text = source.read_text()
        for directive in ("daemon", "master_process", "worker_processes", "worker_cpu_affinity"):
            text = re.sub(rf"^\s*{directive}\s[^;]*;", "", text, flags=re.M)
        # valgrind gives up on the debugger's part of a Swift library; the symbols stay.
        module = re.search(r'load_module\s+"?([^";]+)"?\s*;', text)
        if module:
            stripped = str(self.prefix / "module-without-debug-info.so")
            machine.run(["strip", "--strip-debug", "-o", stripped, module.group(1)], 60)
            text = text.replace(module.group(1), stripped)
        conf = self.prefix / "nginx-bench.conf"
        conf.write_text("daemon off;\nmaster_process off;\n" + text)
        return conf

    def stop(self):
        if self.prefix.exists():
            machine.run([machine.KONG, "stop"], 60, env=self.env)
        shutil.rmtree(self.dir, ignore_errors=True)


def load(*options, port, path, timeout=700):
    """One run of our own client, on the load core."""
    done = machine.run(machine.on_load_core([machine.LOAD, *options, "127.0.0.1", str(port), path]), timeout)
    if done.returncode:
        raise RuntimeError(f"load: {done.stderr}")
    return json.loads(done.stdout)
