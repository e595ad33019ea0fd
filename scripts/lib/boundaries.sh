# Which target may import what; sourced by check.sh. The arrows are those of docs/architecture.md.

# Modules that a target must not import, as an extended regular expression; none for unlisted targets.
forbidden_imports() {
  local servers='NIO[A-Za-z0-9]*|Hummingbird[A-Za-z0-9]*|AsyncHTTPClient|GRDB|Yams|ArgumentParser'
  local foundation='Foundation|FoundationEssentials|FoundationNetworking|Dispatch'
  case "$1" in
    KongCore) echo "$servers|$foundation|CNginx|NginxKit|KongPDK|KongPlugins|KongSnapshot|KongStore|KongAdmin|CLMDB|Glibc" ;;
    KongPDK) echo "$servers|$foundation|CNginx|NginxKit|KongPlugins|KongSnapshot|KongStore|KongAdmin" ;;
    KongPlugins) echo "$servers|$foundation|CNginx|NginxKit|KongNginxModule|KongSnapshot|KongStore|KongAdmin" ;;
    KongSnapshot) echo "$servers|$foundation|CNginx|NginxKit|KongPDK|KongPlugins|KongStore|KongAdmin" ;;
    NginxKit) echo "$servers|$foundation|Kong[A-Za-z]*" ;;
    KongNginxModule) echo "$servers|$foundation|CNginx|KongStore|KongAdmin" ;;
    KongStore) echo "NIO[A-Za-z0-9]*|Hummingbird[A-Za-z0-9]*|CNginx|NginxKit|KongAdmin|KongPDK|KongPlugins|KongSnapshot" ;;
    KongAdmin) echo "CNginx|NginxKit|KongNginxModule|GRDB" ;;
    kong) echo "CNginx|NginxKit|KongNginxModule|GRDB|NIO[A-Za-z0-9]*|Hummingbird[A-Za-z0-9]*" ;;
    *) echo '' ;;
  esac
}

# check_imports DIRECTORY: DIRECTORY holds one folder per target.
check_imports() {
  local status=0 folder target pattern
  for folder in "$1"/*/; do
    target="$(basename "$folder")"
    pattern="$(forbidden_imports "$target")"
    [ -n "$pattern" ] || continue
    if grep -rnE "^ *(@[a-zA-Z]+ +)*((public|internal|package|private) +)?import +((struct|class|enum|func|protocol) +)?($pattern)\b" \
      --include='*.swift' "$folder"; then
      echo "imports: $target must not import these" >&2
      status=1
    fi
  done
  return "$status"
}

# check_plugins DIRECTORY: no plugin's folder names a type of another's.
check_plugins() {
  local status=0 folder name other
  for folder in "$1"/*/; do
    name="$(basename "$folder")"
    for other in "$1"/*/; do
      other="$(basename "$other")"
      [ "$other" != "$name" ] || continue
      # `Acl.` or `AclConfig(`: the type that carries the plugin's name, used, outside of comments.
      if grep -rnE "\b${other}(Schema|Config)?[.(]" --include='*.swift' "$folder" | grep -vE ':[0-9]+: *//'; then
        echo "plugins: $name names $other" >&2
        status=1
      fi
    done
  done
  return "$status"
}

# check_tests PATH…: no test is switched off or left as a todo.
check_tests() {
  ! grep -rnE '\.disabled\(|XCTSkip\(|^ *//+ *@Test' --include='*.swift' "$@"
}

# check_linkage FILE: what a worker loads links no server framework and no Foundation.
check_linkage() {
  local needed symbols
  needed="$(readelf -d "$1" | grep NEEDED)" || { echo "linkage: $1 is not a shared object" >&2; return 1; }
  if grep -E 'Foundation|dispatch|BlocksRuntime|_FoundationICU' <<< "$needed" | grep -vE 'libdispatch|libBlocksRuntime'; then
    echo "linkage: a worker must not load Foundation" >&2
    return 1
  fi
  symbols="$(nm -D --defined-only "$1" 2>/dev/null | grep -cE '7NIOCore|11Hummingbird|4GRDB' || true)"
  [ "$symbols" = 0 ] || { echo "linkage: $1 holds $symbols symbols of NIO, Hummingbird or GRDB" >&2; return 1; }
}
