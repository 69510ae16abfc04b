#!/usr/bin/env bash
# check.sh NAME COMMAND…: one command as one named test. Its output is shown; its exit status is the result.
set -uo pipefail
name="$1"
shift
if "$@" 2>&1; then
  echo "test $name ... ok"
else
  echo "test $name ... FAILED"
  exit 1
fi
