#!/usr/bin/env bash
# Install the Debian packages that building and running need. Asks nothing; quick when everything is there.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(
  nginx nginx-dev                                    # the server, unpatched, and its headers
  liblmdb-dev libsqlite3-dev libpq-dev               # snapshot, stores
  libre2-dev libssl-dev                              # patterns of routes, TLS
  openssl curl ca-certificates                       # default certificates; the example's requests
  gcc g++ libc6-dev pkg-config git make              # what the Swift toolchain links with
)

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' || missing+=("$package")
done

if [ "${#missing[@]}" -gt 0 ]; then
  command -v apt-get >/dev/null || {
    echo "setup: this system has no apt-get; install the equivalents of: ${missing[*]}" >&2
    exit 1
  }
  sudo=""
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "setup: not root and no sudo; as root: apt-get install ${missing[*]}" >&2; exit 1; }
    sudo=sudo
  fi

  # Debian starts nginx on installation, which would take port 80. The policy is removed again whatever happens.
  policy=/usr/sbin/policy-rc.d
  if [[ " ${missing[*]} " == *" nginx "* ]] && [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | $sudo tee "$policy" >/dev/null
    $sudo chmod 755 "$policy"
    trap '$sudo rm -f "$policy"' EXIT
  fi

  export DEBIAN_FRONTEND=noninteractive
  echo "setup: reading the package lists"
  $sudo apt-get update -qq || { echo "setup: apt-get update failed: is the network reachable?" >&2; exit 1; }
  count=0
  for package in "${missing[@]}"; do
    count=$((count + 1))
    echo "setup: [$count/${#missing[@]}] $package"
    $sudo apt-get install -y -qq --no-install-recommends "$package" >/tmp/kong-setup.$$ 2>&1 || {
      tail -5 /tmp/kong-setup.$$ >&2
      echo "setup: could not install $package" >&2
      exit 1
    }
  done
  rm -f /tmp/kong-setup.$$
fi

command -v swift >/dev/null || {
  echo "setup: no swift on PATH: install a Swift 6.3 toolchain (https://www.swift.org/install/linux/)" >&2
  exit 1
}
echo "setup: everything is there ($(nginx -v 2>&1), $(swift --version 2>/dev/null | grep -om1 'Swift version [0-9.]*'))"
