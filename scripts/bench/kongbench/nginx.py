"""Raw nginx: the upstream, the proxy that the gateway is compared with, and one under callgrind."""
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from . import machine

COMMON = """{top}
error_log {dir}/error.log error;
pid {dir}/nginx.pid;
worker_rlimit_nofile 16384;
events {{ worker_connections 8192; {events} }}
http {{
  access_log off;
  keepalive_requests 100000000;
  client_body_temp_path {dir}/body; proxy_temp_path {dir}/proxy; fastcgi_temp_path {dir}/fastcgi;
  uwsgi_temp_path {dir}/uwsgi; scgi_temp_path {dir}/scgi;
{http}
}}
"""

UPSTREAM = """
  server {{ listen 127.0.0.1:{port} backlog=4096; location / {{ default_type text/plain; return 200 "hello from the upstream\\n"; }} }}
"""

PROXY = """
  upstream backend {{ server 127.0.0.1:{upstream}; keepalive 512; keepalive_requests 100000000; }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{
      proxy_http_version 1.1;
{headers}
      proxy_pass http://backend;
    }}
  }}
"""

BARE = """      proxy_set_header Connection "";"""

# What the gateway writes by default, written by nginx itself: the fair comparison when the headers are on.
SAME_HEADERS = """
      proxy_set_header Host $proxy_host;
      proxy_set_header Connection keep-alive;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Host $host;
      proxy_set_header X-Forwarded-Port $server_port;
      proxy_set_header X-Forwarded-Path $request_uri;
      proxy_set_header X-Real-IP $remote_addr;
      proxy_set_header Via "1.1 kong/3.9.3";
      proxy_set_header X-Kong-Request-Id $request_id;
      add_header X-Kong-Upstream-Latency $upstream_header_time always;
      add_header X-Kong-Proxy-Latency $request_time always;
      add_header Via "1.1 kong/3.9.3" always;
      add_header X-Kong-Request-Id $request_id always;"""


class Nginx:
    """One nginx with a configuration of ours, in a directory of its own."""

    def __init__(self, http, top="worker_processes 1; daemon off;", events="", under=(), core=None, **values):
        self.dir = tempfile.mkdtemp(prefix="bench-nginx-")
        os.chmod(self.dir, 0o755)
        self.port = machine.free_port()
        values = dict(values, port=self.port)
        conf = Path(self.dir, "nginx.conf")
        conf.write_text(COMMON.format(top=top, dir=self.dir, events=events, http=http.format(**values)))
        argv = [*under, "nginx", "-p", self.dir, "-c", str(conf)]
        if core is not None:
            argv = ["taskset", "-c", str(core), *argv]
        self.process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        machine.wait_until("nginx", 60, lambda: machine.answers(self.port) or self.process.poll() is not None)
        if self.process.poll() is not None:
            raise RuntimeError(f"nginx did not start: {Path(self.dir, 'error.log').read_text()[-500:]}")
        if "master_process off" not in top:
            machine.wait_until("the worker", 20, lambda: machine.workers(self.process.pid))

    @property
    def workers(self):
        return machine.workers(self.process.pid) or [self.process.pid]

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


def upstream():
    return Nginx(UPSTREAM, core=machine.LOAD_CORE)


def proxy(upstream_port, headers=BARE, **more):
    return Nginx(PROXY, core=machine.WORKER_CORE, upstream=upstream_port, headers=headers, **more)
