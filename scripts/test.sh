#!/usr/bin/env bash
# `make test`: set up, then run the suites of tests/suites.toml. Arguments go to the suite runner.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# The set-up counts towards the budget too.
export XCF_TEST_STARTED="${XCF_TEST_STARTED:-$(date +%s)}"
. "$here/env.sh"
. "$here/setup/lib.sh"
say "Checking what this machine has (first time: installs system packages, tools, ansible-core; later: nothing)"
"$here/setup.sh" test
. "$here/env.sh"
cd "$XCF_REPO"
exec "$XCF_CACHE/venv/bin/python" -B tests/suites/run.py "$@"
