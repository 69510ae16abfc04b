#!/usr/bin/env bash
# The UI's unit and component tests. The report goes to $XCF_REPORT.
set -euo pipefail
cd "$(dirname "$0")/../../ui"
exec npm exec -- vitest run --reporter=default --reporter=json --outputFile="$XCF_REPORT"
