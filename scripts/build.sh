#!/usr/bin/env bash
# Build the module and the command line. Leaves bin/kong, which runs in place. CONFIG=debug for a debug build.
set -euo pipefail
cd "$(dirname "$0")/.."
config="${CONFIG:-release}"

command -v swift >/dev/null || { echo "build: no swift on PATH: see scripts/setup.sh" >&2; exit 1; }
echo "build: nginx's headers"
scripts/nginx-headers.sh
start=$SECONDS
[ -d ".build/$config" ] || echo "build: the first $config build takes about ten minutes on two cores, later ones seconds"
for product in ngx_http_kong_module kong; do
  echo "build: $product ($config)"
  # On a terminal SwiftPM draws its own progress; in a log only what matters is kept.
  if [ -t 1 ]; then
    swift build -c "$config" --product "$product"
  else
    swift build -c "$config" --product "$product" 2>&1 | grep -vE '^\[[0-9]+/[0-9]+\]|warning: .*unhandled|CMakeLists' || true
    [ "${PIPESTATUS[0]}" = 0 ] || exit 1
  fi
done
mkdir -p bin
ln -sfn "../.build/$config/kong" bin/kong
echo "build: bin/kong is ready ($((SECONDS - start)) s)"
