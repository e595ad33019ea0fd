#!/usr/bin/env bash
# test-failures.sh LOG: what failed in a log of `swift test`, and, where it broke off, which tests had not ended.
set -euo pipefail
awk '
  function name(line) {
    sub(/^[^ ]+ Test /, "", line)
    sub(/ (started\.|(with [0-9]+ test cases? )?(passed|failed) after ).*/, "", line)
    return line
  }
  /^◇ Test / && / started\.$/ && !/^◇ Test (run|case) / { running[name($0)] = 1 }
  /^(✔|✘) Test / && / (passed|failed) after /            { delete running[name($0)] }
  / Test run with [0-9]+ tests? /                        { split("", running) }
  # An issue goes on with its comments.
  /✘|error:|[Ff]atal error|unexpected signal/ { failures[++count] = $0; inside = 1; next }
  inside && /^(↳|[[:space:]])/                { failures[++count] = $0; next }
                                              { inside = 0 }
  END {
    for (test in running) {
      if (!unfinished++) print "test: began and did not end:"
      print "  " test
    }
    if (count) print "test: what failed, once more:"
    for (line = 1; line <= count; line++) print "  " failures[line]
  }
' "$1"
