#!/usr/bin/env bash
# End what run-example.sh started and remove its files.
set -euo pipefail
source "$(dirname "$0")/lib/example.sh"
dir="$(example_dir)"
if [ -z "$dir" ] || [ ! -d "$dir" ]; then
  echo "stop: nothing is running"
  rm -f "$note"
  exit 0
fi
KONG_PREFIX="$dir/prefix" "$kong" stop || true
if [ -f "$dir/upstream.pid" ]; then kill "$(cat "$dir/upstream.pid")" 2>/dev/null || true; fi
rm -rf "$dir" "$note"
