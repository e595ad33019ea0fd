#!/usr/bin/env bash
# Remove what install.sh put there. Configuration and data stay.
set -euo pipefail
source "$(dirname "$0")/lib/layout.sh"
rm -f "$bin/kong" "$module_dir/ngx_http_kong_module.so" "$etc/kong.conf.default" "$unit_dir/kong.service"
rm -rf "$module_dir/kong-runtime" "$share" "$lib" "$doc"
rmdir "$etc" 2>/dev/null || true
echo "uninstall: done; /etc/kong/kong.conf and the prefix (/var/lib/kong, /usr/local/kong) are kept if they exist"
