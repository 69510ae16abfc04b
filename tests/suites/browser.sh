#!/usr/bin/env bash
# Playwright in the system's Chromium against `xcf serve`. The report goes to $XCF_REPORT.
set -euo pipefail
cd "$(dirname "$0")/../../ui"
export PLAYWRIGHT_JSON_OUTPUT_NAME="$XCF_REPORT"
export XCF_BIN="${XCF_BIN:-$CARGO_TARGET_DIR/debug/xcf}"
exec npm exec -- playwright test --reporter=list,json
