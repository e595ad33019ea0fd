#!/usr/bin/env bash
# The gateway with an example: an upstream, a service, a route with key-auth and acl, a consumer, a static site.
# Works when run twice: what is there is kept.
set -euo pipefail
source "$(dirname "$0")/lib/example.sh"
[ -x "$kong" ] || { echo "run: bin/kong is not there: make build" >&2; exit 1; }

dir="$(example_dir)"
if [ -z "$dir" ] || [ ! -d "$dir" ]; then
  dir="$(mktemp -d "${TMPDIR:-/tmp}/kong-example.XXXXXX")"
  chmod 755 "$dir"
  mkdir -p "$root/.build"
  echo "$dir" > "$note"
fi
export KONG_PREFIX="$dir/prefix"

if [ ! -f "$dir/ports" ]; then
  {
    echo "proxy=$(free_port 'the proxy' 8000)"
    echo "proxy_tls=$(free_port 'the proxy with TLS' 8443)"
    echo "admin=$(free_port 'the Admin API' 8001)"
    echo "status=$(free_port 'the Status API' 8007)"
    echo "site=$(free_port 'the static site' 8080)"
    echo "upstream=$(free_port 'the example upstream' 8088)"
  } > "$dir/ports.new"
  mv "$dir/ports.new" "$dir/ports"
fi
source "$dir/ports"

# The upstream: a second nginx that says what it was asked.
cat > "$dir/upstream.conf" <<CONF
pid $dir/upstream.pid;
error_log $dir/upstream.log;
worker_processes 1;
events {}
http {
    access_log off;
    client_body_temp_path $dir/upstream_temp; proxy_temp_path $dir/upstream_temp; fastcgi_temp_path $dir/upstream_temp;
    uwsgi_temp_path $dir/upstream_temp; scgi_temp_path $dir/upstream_temp;
    server {
        listen 127.0.0.1:$upstream;
        default_type application/json;
        location / {
            return 200 '{"upstream":"example","path":"\$request_uri","consumer":"\$http_x_consumer_username","groups":"\$http_x_consumer_groups"}\n';
        }
    }
}
CONF
if ! { [ -f "$dir/upstream.pid" ] && kill -0 "$(cat "$dir/upstream.pid")" 2>/dev/null; }; then
  nginx -p "$dir" -c "$dir/upstream.conf" 2> "$dir/upstream.err" || { cat "$dir/upstream.err" >&2; exit 1; }
fi

mkdir -p "$dir/site"
cp "$root"/examples/site/* "$dir/site/"
chmod -R a+rX "$dir/site"
cat > "$dir/kong.conf" <<CONF
prefix = $KONG_PREFIX
proxy_listen = 127.0.0.1:$proxy, 127.0.0.1:$proxy_tls ssl http2
admin_listen = 127.0.0.1:$admin
status_listen = 127.0.0.1:$status
CONF
export KONG_STATIC_SITE_ROOT="$dir/site" KONG_STATIC_SITE_LISTEN="127.0.0.1:$site"

start=("$kong" start -c "$dir/kong.conf" --nginx-conf "$root/nginx-conf-templates/static-site.conf")
if "$kong" health >/dev/null 2>&1; then
  if [ "$(readlink -f "$kong")" -nt "$KONG_PREFIX/.kong_env" ]; then
    echo "run: the build is newer than what runs: restarting"
    "$kong" stop >/dev/null
    "${start[@]}"
  else
    echo "run: already running"
  fi
else
  "${start[@]}"
fi

# put PATH JSON: create or replace; prints the answer and fails when it is refused.
put() {
  local code
  code="$(curl -sS -o "$dir/answer" -w '%{http_code}' -X PUT "http://127.0.0.1:$admin$1" \
    -H 'Content-Type: application/json' -d "$2")"
  case "$code" in 2*) ;; *) echo "run: PUT $1: $code $(cat "$dir/answer")" >&2; exit 1 ;; esac
}
put /services/example "{\"url\":\"http://127.0.0.1:$upstream\"}"
put /services/example/routes/hello '{"paths":["/hello"],"strip_path":false}'
put /routes/hello/plugins/5f1a3c1e-6d0b-4d67-9d1e-2a51b3c7e001 '{"name":"key-auth"}'
put /routes/hello/plugins/5f1a3c1e-6d0b-4d67-9d1e-2a51b3c7e002 '{"name":"acl","config":{"allow":["friends"]}}'
put /consumers/alice '{}'
put /consumers/alice/key-auth/5f1a3c1e-6d0b-4d67-9d1e-2a51b3c7e003 '{"key":"alice-key"}'
put /consumers/alice/acls/5f1a3c1e-6d0b-4d67-9d1e-2a51b3c7e004 '{"group":"friends"}'

echo
echo "\$ curl -i http://127.0.0.1:$proxy/hello -H 'apikey: alice-key'"
curl -sS -i "http://127.0.0.1:$proxy/hello" -H 'apikey: alice-key'
cat <<TEXT

The gateway runs. Try next:

  curl -i http://127.0.0.1:$proxy/hello                                  # 401: no key
  curl -i http://127.0.0.1:$proxy/nowhere                                # 404: no route
  curl -ik https://127.0.0.1:$proxy_tls/hello -H 'apikey: alice-key'     # the same over TLS and HTTP/2

  curl -s http://127.0.0.1:$admin/services                               # the Admin API
  curl -s http://127.0.0.1:$admin/services -d name=mine -d url=http://127.0.0.1:$upstream
  curl -s http://127.0.0.1:$admin/services/mine/routes -d 'paths[]=/mine'
  curl -i http://127.0.0.1:$proxy/mine                                   # in force with the answer, no reload

  curl -i --compressed http://127.0.0.1:$site/                           # the static site, gzip, same nginx

  KONG_PREFIX=$KONG_PREFIX bin/kong health
  make stop                                                              # ends and removes all of it
TEXT
