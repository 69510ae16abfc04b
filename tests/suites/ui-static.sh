#!/usr/bin/env bash
# Static checks of the UI: formatting and lints, types, known vulnerabilities of the packages.
set -uo pipefail
cd "$(dirname "$0")/../../ui"
status=0
check() { ../tests/suites/check.sh "$@" || status=1; }

check biome npm exec -- biome check .
check tsc npm exec -- tsc --noEmit

audit="$(npm audit --omit=dev --json 2>/dev/null)"
if printf '%s' "$audit" | grep -q '"auditReportVersion"'; then
  high="$(printf '%s' "$audit" | python3 -c 'import json, sys; v = json.load(sys.stdin)["metadata"]["vulnerabilities"]; print(v["high"] + v["critical"])')"
  if [ "$high" = 0 ]; then
    echo "test npm-audit ... ok"
  else
    npm audit --omit=dev
    echo "test npm-audit ... FAILED"
    status=1
  fi
else
  echo "test npm-audit ... skipped: the npm audit service is not reachable"
fi
exit "$status"
