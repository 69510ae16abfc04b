#!/usr/bin/env bash
# The UI's dependencies, build and generated types. Each step does nothing when it is up to date.
#   scripts/ui.sh deps    npm ci, when package-lock.json is newer than what is installed
#   scripts/ui.sh build   ui/dist, when a source is newer than it
#   scripts/ui.sh types   ui/openapi.json and ui/src/api/gen, written anew from the code
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
. "$here/env.sh"
. "$here/setup/lib.sh"
cd "$XCF_REPO/ui"

deps() {
  if [ -f node_modules/.package-lock.json ] && [ ! package-lock.json -nt node_modules/.package-lock.json ]; then
    return 0
  fi
  say "Installing the UI's packages (npm ci)"
  retry 3 npm ci --no-audit --no-fund --loglevel=error >&2 || die "npm ci failed in ui/"
}

build() {
  deps
  if [ -f dist/index.html ] && [ -z "$(find . \( -name node_modules -o -name dist -o -name tests -o -name bench -o -name test-results -o -name playwright-report \) -prune -o -type f -newer dist/index.html -print -quit)" ]; then
    return 0
  fi
  say "Building the UI (npm run build)"
  npm run --silent build >&2 || die "the UI does not build: see the messages above"
}

types() {
  deps
  say "Writing ui/openapi.json and the TypeScript types"
  cargo run --quiet -p xcf-cli -- openapi >openapi.json.part
  mv openapi.json.part openapi.json
  npm run --silent gen >&2
}

case "${1:-}" in
  deps | build | types) "$1" ;;
  *) die "usage: scripts/ui.sh deps|build|types" ;;
esac
