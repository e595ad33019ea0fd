# What is installed where; sourced by install.sh, uninstall.sh and package.sh.

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
PREFIX="${PREFIX:-/usr/local}"
DESTDIR="${DESTDIR:-}"
config="${CONFIG:-release}"

# nginx says where it looks for modules; MODULES_PATH overrides.
modules="${MODULES_PATH:-$(nginx -V 2>&1 | tr ' ' '\n' | sed -n "s/^--modules-path=//p")}"
modules="${modules:-/usr/lib/nginx/modules}"

bin="$DESTDIR$PREFIX/bin"
share="$DESTDIR$PREFIX/share/kong"
doc="$DESTDIR$PREFIX/share/doc/kong"
lib="$DESTDIR$PREFIX/lib/kong"
module_dir="$DESTDIR$modules"
etc="$DESTDIR/etc/kong"
unit_dir="$DESTDIR/lib/systemd/system"
