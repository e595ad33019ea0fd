# Where the example of `make run` lives; sourced by run-example.sh and stop-example.sh.

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
kong="$root/bin/kong"
# The file says which directory; the directory is outside of the repository, because nginx's workers run as an
# account of their own, which need not be able to enter this one.
note="$root/.build/example"

example_dir() { [ -f "$note" ] && cat "$note" || true; }

is_busy() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# free_port NAME PREFERRED: the preferred port, or the next free one, said aloud.
free_port() {
  local port="$2" last=$(($2 + 2000))
  while is_busy "$port"; do
    port=$((port + 100))
    [ "$port" -lt "$last" ] || { echo "run: no free port for $1 near $2" >&2; return 1; }
  done
  [ "$port" = "$2" ] || echo "run: port $2 is in use, $1 takes $port" >&2
  echo "$port"
}
