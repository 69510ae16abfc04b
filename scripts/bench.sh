#!/usr/bin/env bash
# `make bench`: every benchmark, each printed beside the floor it measures in the same run.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
. "$here/env.sh"
. "$here/setup/lib.sh"
"$here/setup.sh" run
. "$here/env.sh"
cd "$XCF_REPO"
say "Building and running the benchmarks (release profile)"
exec cargo bench --workspace --exclude xcloudflow-desktop "$@"
