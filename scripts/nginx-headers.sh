#!/usr/bin/env bash
# Configure nginx's headers for this machine's nginx: nginx-dev ships the headers but no ngx_auto_config.h.
set -euo pipefail
cd "$(dirname "$0")/.."
source=/usr/share/nginx/src
out=.build/nginx
[ -f "$source/configure" ] || { echo "nginx-headers: $source/configure not found: apt-get install nginx-dev" >&2; exit 1; }
stamp="$(nginx -v 2>&1; cat "$source/conf_flags")"
if [ -f "$out/objs/ngx_auto_config.h" ] && [ "$(cat "$out/.stamp" 2>/dev/null)" = "$stamp" ]; then exit 0; fi
rm -rf "$out" && mkdir -p "$out"
cp -r "$source/." "$out/"
cd "$out"
. ./conf_flags
bash ./configure "${NGX_CONF_FLAGS[@]}" > configure.log 2>&1 || { tail -20 configure.log >&2; exit 1; }
printf '%s' "$stamp" > .stamp
