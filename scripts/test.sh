#!/usr/bin/env bash
# Unit tests, then the integration tests against bin/kong, then a fuzz of its Admin API. FILTER=name runs only the
# tests that match.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/nginx-headers.sh
filter=()
[ -z "${FILTER:-}" ] || filter=(--filter "$FILTER")
echo "test: unit tests"
swift test --skip GatewayTests "${filter[@]}"
echo "test: integration tests, nginx on loopback"
KONG_BIN="${KONG_BIN:-$PWD/bin/kong}" swift test --skip-build --filter "${FILTER:-GatewayTests}" --no-parallel
[ -n "${FILTER:-}" ] || scripts/fuzz.sh
