#!/usr/bin/env bash
# The committed OpenAPI document and TypeScript types are those of the code (`make types` writes them).
set -uo pipefail
cd "$(dirname "$0")/../../ui"
status=0
fresh="$(mktemp -d)"
trap 'rm -rf "$fresh"' EXIT
check() { ../tests/suites/check.sh "$@" || status=1; }

"${XCF_BIN:-$CARGO_TARGET_DIR/debug/xcf}" openapi >"$fresh/openapi.json" || exit 1
check openapi-is-current diff -u openapi.json "$fresh/openapi.json"
npm exec -- openapi-ts --input "$fresh/openapi.json" --output "$fresh/gen" --plugins @hey-api/typescript --logs "$fresh" || exit 1
check types-are-current diff -ru src/api/gen "$fresh/gen"
exit "$status"
