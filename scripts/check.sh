#!/usr/bin/env bash
# Format, lint, boundaries, freshness. Every check first proves that it rejects its fixture in Tests/Boundaries.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/lib/boundaries.sh
fixtures=Tests/Boundaries/Fixtures
failed=0

# expect_rejected NAME COMMAND…: a check that accepts its fixture checks nothing.
expect_rejected() {
  local name="$1"; shift
  if "$@" >/dev/null 2>&1; then echo "check: '$name' accepts its fixture" >&2; failed=1; fi
}

run() {
  local name="$1"; shift
  if "$@"; then echo "check: $name: fine"; else echo "check: $name: failed" >&2; failed=1; fi
}

lint() { swift format lint --strict --parallel --recursive "$@"; }

expect_rejected format lint "$fixtures/Format.swift"
run format lint Sources Tests/*Tests Benchmarks Package.swift

expect_rejected imports check_imports "$fixtures/Imports"
run imports check_imports Sources

expect_rejected plugins check_plugins "$fixtures/Plugins"
run plugins check_plugins Sources/KongPlugins

expect_rejected tests check_tests "$fixtures/FocusedTest.swift"
run tests check_tests Tests/*Tests

module=""
for config in release debug; do
  [ -n "$module" ] || [ ! -f ".build/$config/libngx_http_kong_module.so" ] || module=".build/$config/libngx_http_kong_module.so"
done
if [ -n "$module" ]; then
  expect_rejected linkage check_linkage "$(command -v swift-format || readlink -f bin/kong)"
  run linkage check_linkage "$module"
  run generated scripts/generate.sh --check
else
  echo "check: linkage and generated files: skipped, nothing is built (make build)"
fi
exit "$failed"
