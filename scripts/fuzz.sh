#!/usr/bin/env bash
# Thousands of requests made from the Admin API's own OpenAPI document (schemathesis), valid ones and broken ones: no
# 5xx, no answer that the document does not have. The requests are the same in every run. EXAMPLES=100 looks deeper.
set -euo pipefail
cd "$(dirname "$0")/.."
root="$PWD"
source scripts/lib/example.sh
[ -x "$kong" ] || { echo "fuzz: bin/kong is not there: make build" >&2; exit 1; }

skip() {
  [ -z "${CI:-}" ] || { echo "fuzz: $1" >&2; exit 1; }
  echo "fuzz: skipped: $1"
  exit 0
}

venv="$root/.build/fuzz-$(cksum < scripts/fuzz/requirements.txt | cut -d ' ' -f 1)"
if [ ! -x "$venv/bin/schemathesis" ]; then
  command -v python3 > /dev/null || skip "no python3 on PATH"
  rm -rf "$venv"
  python3 -m venv "$venv" > /dev/null 2>&1 || skip "python3 cannot make an environment: install python3-venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement scripts/fuzz/requirements.txt \
    || { rm -rf "$venv"; skip "pip cannot install scripts/fuzz/requirements.txt"; }
fi

dir="$(mktemp -d "${TMPDIR:-/tmp}/kong-fuzz.XXXXXX")"
chmod 755 "$dir"
prefix="$dir/prefix"
traffic=""
finish() {
  [ -z "$traffic" ] || kill "$traffic" 2> /dev/null || true
  "$kong" stop -p "$prefix" > /dev/null 2>&1 || true
  [ -n "${KEEP:-}" ] || rm -rf "$dir"
}
trap finish EXIT

proxy="$(free_port 'the proxy' 8300 2> /dev/null)"
admin="$(free_port 'the Admin API' 8301 2> /dev/null)"
KONG_PROXY_LISTEN="127.0.0.1:$proxy" KONG_ADMIN_LISTEN="127.0.0.1:$admin" KONG_STATUS_LISTEN=off \
  KONG_ADMIN_GUI_LISTEN=off KONG_NGINX_WORKER_PROCESSES=1 timeout 60 "$kong" start -p "$prefix" > "$dir/start" 2>&1 \
  || { cat "$dir/start" >&2; exit 1; }
url="http://127.0.0.1:$admin"
# The admin process and nginx's workers: neither may be another one at the end.
processes() {
  echo "$(cat "$prefix/pids/admin.pid") $(pgrep -f -P "$(cat "$prefix/pids/nginx.pid")" 'worker process' | sort | tr '\n' ' ')"
}
before="$(processes)"
curl -s -m 10 "$url/openapi.json" -o "$dir/openapi.json"

# The worker takes every configuration that is accepted, and says so by answering.
(while sleep 0.1; do curl -s -m 5 -o /dev/null "http://127.0.0.1:$proxy/seed" || true; done) &
traffic=$!

# /status/dns is Kong's 501 of a node without the new DNS client.
fuzz() {
  local name="$1"
  shift
  echo "fuzz: $name"
  timeout --kill-after=10 600 "$venv/bin/schemathesis" "$@" --url "$url" --generation-deterministic --no-color \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance \
    --max-examples "${EXAMPLES:-5}" --workers 2 --request-timeout 20 --continue-on-failure --warnings off \
    --exclude-path /status/dns > "$dir/$name" 2>&1 \
    || { cat "$dir/$name" >&2; echo "fuzz: $name: the Admin API departs from its document" >&2; exit 1; }
  grep -E 'generated' "$dir/$name" | sed 's/^ */fuzz:   /'
}

cd "$dir"
fuzz unknown run openapi.json --phases examples,coverage,fuzzing
"$root/scripts/fuzz/seed.sh" "$url"
fuzz known --config-file "$root/scripts/fuzz/schemathesis.toml" run openapi.json --phases coverage,fuzzing \
  --exclude-method DELETE

now="$(processes)"
[ "$now" = "$before" ] || { echo "fuzz: the processes were $before, are $now" >&2; exit 1; }
curl -s -m 10 -o /dev/null "$url/status" || { echo "fuzz: the admin process does not answer" >&2; exit 1; }
if grep -m 20 -E '^[^ ]+ (warning|error|critical) |Fatal error' "$prefix/logs/admin_error.log" >&2; then
  echo "fuzz: the admin process logged errors" >&2
  exit 1
fi
if grep -E '\[(alert|emerg|crit)\]|Fatal error|exited on signal' "$prefix/logs/error.log" >&2; then
  echo "fuzz: the worker logged errors" >&2
  exit 1
fi
echo "fuzz: no departure from the document"
