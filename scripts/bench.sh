#!/usr/bin/env bash
# `make bench`: every benchmark, each printed beside the floor it measures in the same run.
#   scripts/bench.sh                 the engine's, then the canvas
#   scripts/bench.sh canvas [UNITS…] the canvas alone, in Chromium
#                                    XCF_BENCH_REPEATS=1 measures each once: quicker, and less certain
#   scripts/bench.sh engine [ARG…]   the engine's alone; the arguments go to cargo bench
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
. "$here/env.sh"
. "$here/setup/lib.sh"

engine() {
  "$here/setup.sh" run
  . "$here/env.sh"
  cd "$XCF_REPO"
  say "Building and running the benchmarks (release profile)"
  cargo bench --workspace --exclude xcloudflow-desktop "$@"
}

canvas() {
  "$here/setup.sh" chromium
  . "$here/env.sh"
  [ -n "${XCF_CHROMIUM:-}" ] || die "no Chromium to measure the canvas in: set XCF_CHROMIUM to one and run this again"
  "$here/ui.sh" build
  cd "$XCF_REPO/ui"
  say "Measuring the canvas in Chromium"
  node bench/run.mjs "$@"
}

case "${1:-}" in
  "")
    engine
    canvas
    ;;
  canvas | engine) "$@" ;;
  -*) engine "$@" ;;
  *) die "unknown benchmark '$1': canvas, engine, or nothing for both" ;;
esac
