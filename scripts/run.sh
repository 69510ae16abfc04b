#!/usr/bin/env bash
# `make run`: set up, build, and open XCloudFlow on a sample monorepo.
#   scripts/run.sh [--serve] [DIR]   DIR: a workspace of yours instead of the sample
# With no display (or --serve) the same UI is served to a browser, at XCF_LISTEN (host:port) if that is set.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
. "$here/env.sh"
. "$here/setup/lib.sh"

window=1
[ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || window=
if [ "${1:-}" = --serve ]; then
  window=
  shift
fi
workspace="${1:-${XDG_DATA_HOME:-$HOME/.local/share}/xcloudflow/sample}"

say "Checking what this machine has (first time: installs system packages, Node, ansible-core; later: nothing)"
"$here/setup.sh" run
. "$here/env.sh"
"$here/ui.sh" build

cd "$XCF_REPO"
say "Building (cargo, development profile; the first build compiles every dependency, later ones only what changed)"
if [ -n "$window" ]; then
  cargo build -p xcf-cli -p xcloudflow-desktop
else
  cargo build -p xcf-cli
fi
binaries="$CARGO_TARGET_DIR/debug"
export XCF_UI_DIR="$XCF_REPO/ui/dist"

if [ ! -e "$workspace" ]; then
  say "Making a sample monorepo in $workspace"
  mkdir -p "$(dirname "$workspace")"
  "$binaries/xcf" init "$workspace" >&2
fi

if [ -n "$window" ]; then
  say "Opening the desktop window on $workspace"
  exec "$binaries/xcloudflow" "$workspace"
fi
say "No window (no display, or asked for): serving the UI; open the address below in a browser, end with Ctrl-C"
exec "$binaries/xcf" -C "$workspace" serve ${XCF_LISTEN:+--listen "$XCF_LISTEN"}
