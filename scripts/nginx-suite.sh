#!/usr/bin/env bash
# nginx's own regression suite without and with the module loaded: not one check may be lost.
#   scripts/nginx-suite.sh DIRECTORY [test.t …]     DIRECTORY: a checkout of nginx-tests
set -euo pipefail
here="$(cd "$(dirname "$0")/.." && pwd)"
suite="${1:-}"
if [ -z "$suite" ] || [ ! -f "$suite/lib/Test/Nginx.pm" ]; then
  echo "usage: scripts/nginx-suite.sh DIRECTORY [test.t …]; DIRECTORY has nginx-tests (lib/Test/Nginx.pm and *.t)" >&2
  exit 2
fi
shift
suite="$(cd "$suite" && pwd)"
module="${KONG_MODULE:-}"
for build in release debug; do
  [ -n "$module" ] || { [ -f "$here/.build/$build/libngx_http_kong_module.so" ] && module="$here/.build/$build/libngx_http_kong_module.so"; } || true
done
[ -f "$module" ] || { echo "nginx-suite: the module is not built: run 'make build', or set KONG_MODULE" >&2; exit 1; }
command -v prove >/dev/null || { echo "nginx-suite: no prove: apt-get install perl" >&2; exit 1; }

out="$(mktemp -d)"
trap 'rm -rf "$out"' EXIT
tests=("$@")
cd "$suite"
[ "${#tests[@]}" -gt 0 ] || tests=(*.t)
export TEST_NGINX_BINARY="${TEST_NGINX_BINARY:-$(command -v nginx)}"

# One line per check: "<test> ok|not ok <number> - <what>"; todo and skipped checks say so themselves.
run() {
  local test code
  for test in "${tests[@]}"; do
    code=0
    timeout 300 perl -I lib "$test" > "$out/tap" 2>> "$out/$1.stderr" || code=$?
    grep -E '^(not )?ok ' "$out/tap" | sed "s|^|$test |" >> "$out/$1" || true
    grep -E '^1\.\.0' "$out/tap" | sed "s|^|$test skipped |" >> "$out/$1.skipped" || true
    [ "$code" -lt 124 ] || echo "$test not ok 0 - ended by signal or time" >> "$out/$1"
  done
  touch "$out/$1" "$out/$1.skipped"
}
count() { grep -cE "$1" "$2" || true; }

TEST_NGINX_GLOBALS="${TEST_NGINX_GLOBALS:-}" run without
TEST_NGINX_GLOBALS="load_module $module; ${TEST_NGINX_GLOBALS:-}" run with

ok='^[^ ]+ ok '
grep -E "$ok" "$out/without" | sed -E 's/ # TODO.*//' | sort > "$out/without.ok" || true
grep -E "$ok" "$out/with" | sed -E 's/ # TODO.*//' | sort > "$out/with.ok" || true
comm -23 "$out/without.ok" "$out/with.ok" > "$out/lost"
echo "nginx-suite: ${#tests[@]} files; passed without the module: $(count "$ok" "$out/without"), with it: $(count "$ok" "$out/with");" \
  "files skipped: $(wc -l < "$out/without.skipped") / $(wc -l < "$out/with.skipped"); lost: $(wc -l < "$out/lost")"
if [ -s "$out/lost" ]; then
  sed 's/^/lost: /' "$out/lost"
  exit 1
fi
