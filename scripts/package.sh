#!/usr/bin/env bash
# kong-<version>-<arch>.tar.gz with what `make install` installs, for the nginx of this machine.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -x bin/kong ] || { echo "package: run 'make build' first" >&2; exit 1; }
version="$(bin/kong version)"
name="kong-$version-$(uname -m)"
stage="$(mktemp -d)"
trap 'rm -rf "$stage"' EXIT
DESTDIR="$stage" scripts/install.sh >/dev/null
mkdir -p .build/package
tar -C "$stage" --owner=0 --group=0 -czf ".build/package/$name.tar.gz" .
echo "package: .build/package/$name.tar.gz ($(du -h ".build/package/$name.tar.gz" | cut -f1)), for $(nginx -v 2>&1)"
