#!/usr/bin/env bash
# Unit tests, then the integration tests against bin/kong, then a fuzz of its Admin API. FILTER=name runs only the
# tests that match. Whatever failed is said once more at the end: of a long log often the tail alone is kept.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/nginx-headers.sh
filter=()
[ -z "${FILTER:-}" ] || filter=(--filter "$FILTER")

log=$(mktemp "${TMPDIR:-/tmp}/kong-test-log.XXXXXX")
at_end() {
  status=$?
  [ "$status" = 0 ] || scripts/test-failures.sh "$log" >&2
  rm -f "$log"
}
trap at_end EXIT
# Whoever ends a run that hangs gets to know where.
trap 'exit 143' TERM INT HUP

echo "test: unit tests"
# One after the other takes hardly longer: many block a thread of the few that tests share, so that side by side those
# who measure time measure their neighbours.
swift test --no-parallel --skip GatewayTests "${filter[@]}" 2>&1 | tee "$log"
echo "test: integration tests, nginx on loopback"
KONG_BIN="${KONG_BIN:-$PWD/bin/kong}" swift test --skip-build --filter "${FILTER:-GatewayTests}" --no-parallel 2>&1 |
  tee "$log"
: > "$log"
[ -n "${FILTER:-}" ] || scripts/fuzz.sh
