#!/usr/bin/env bash
# Write the files that come from declarations. With --check: exit 1 when one is stale, changing nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
kong="${KONG_BIN:-bin/kong}"
[ -x "$kong" ] || { echo "generate: $kong is not there: run 'make build'" >&2; exit 1; }
status=0
fresh="$(mktemp)"
trap 'rm -f "$fresh"' EXIT
for file in kong.conf.default docs/configuration.md docs/openapi.json; do
  "$kong" generate "$file" > "$fresh"
  if [ "${1:-}" = --check ]; then
    cmp -s "$fresh" "$file" || { echo "generate: $file is stale: run 'make generate'" >&2; status=1; }
  else
    mkdir -p "$(dirname "$file")"
    cp "$fresh" "$file"
    chmod 644 "$file"
    echo "generate: $file"
  fi
done
exit "$status"
