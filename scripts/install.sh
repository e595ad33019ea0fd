#!/usr/bin/env bash
# Install into DESTDIR: kong, the module in nginx's module path with the Swift runtime beside it, templates, unit.
set -euo pipefail
source "$(dirname "$0")/lib/layout.sh"
built="$root/.build/$config"
for file in kong libngx_http_kong_module.so; do
  [ -f "$built/$file" ] || { echo "install: $built/$file is not there: run 'make build' first" >&2; exit 1; }
done
runtime="$(swift -print-target-info | sed -n '/runtimeLibraryPaths/{n;s/.*"\(.*\)".*/\1/p}')"
[ -d "$runtime" ] || { echo "install: the Swift runtime was not found (swift -print-target-info)" >&2; exit 1; }

# copy_runtime BINARY FOLDER: the libraries of the Swift runtime that BINARY needs, and those that they need.
copy_runtime() {
  local queue=("$1") file name
  mkdir -p "$2"
  while [ "${#queue[@]}" -gt 0 ]; do
    file="${queue[0]}"
    queue=("${queue[@]:1}")
    while read -r name; do
      [ -f "$runtime/$name" ] && [ ! -e "$2/$name" ] || continue
      install -m 644 "$runtime/$name" "$2/$name"
      queue+=("$runtime/$name")
    done < <(readelf -d "$file" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
  done
}

try_write() {
  mkdir -p "$1" 2>/dev/null && [ -w "$1" ] || {
    echo "install: cannot write to $1: run as root, or set DESTDIR or PREFIX" >&2
    exit 1
  }
}
for folder in "$bin" "$share" "$doc" "$lib" "$module_dir" "$etc" "$unit_dir"; do try_write "$folder"; done

install -m 755 "$built/kong" "$bin/kong"
# A new inode: overwriting a library that a running nginx has mapped would crash it.
install -m 644 "$built/libngx_http_kong_module.so" "$module_dir/ngx_http_kong_module.so.new"
mv -f "$module_dir/ngx_http_kong_module.so.new" "$module_dir/ngx_http_kong_module.so"
rm -rf "$lib/runtime" "$module_dir/kong-runtime.new"
copy_runtime "$built/kong" "$lib/runtime"
copy_runtime "$built/libngx_http_kong_module.so" "$module_dir/kong-runtime.new"
rm -rf "$module_dir/kong-runtime"
mv "$module_dir/kong-runtime.new" "$module_dir/kong-runtime"
mkdir -p "$share/nginx-conf-templates"
install -m 644 "$root"/nginx-conf-templates/*.conf "$share/nginx-conf-templates/"
install -m 644 "$root/README.md" "$root/LICENSE" "$root/CHANGELOG.md" "$doc/"
install -m 644 "$root/kong.conf.default" "$etc/kong.conf.default"
sed "s|@PREFIX@|$PREFIX|g" "$root/packaging/kong.service" > "$unit_dir/kong.service"
chmod 644 "$unit_dir/kong.service"
echo "install: $bin/kong, $module_dir/ngx_http_kong_module.so, $share, $etc/kong.conf.default, $unit_dir/kong.service"
[ -n "$DESTDIR" ] || echo "install: try: kong start; or: systemctl daemon-reload && systemctl start kong"
