#!/usr/bin/env bash
# Sets up what is missing on this machine and leaves alone what is there.
#   scripts/setup.sh run    what `make run` needs
#   scripts/setup.sh test   that, and what `make test` needs
#   scripts/setup.sh lint   that, and the tools of `make lint`
#   scripts/setup.sh cargo-deny | tauri-driver | gitea | github-simulator    that tool alone
#   scripts/setup.sh forges     both forges, if they can be had: their tests say so where they can not
#   scripts/setup.sh chromium   a browser and Node: what the canvas is measured in
#   scripts/setup.sh corpus     files of published packages, for the round-trip test
#   scripts/setup.sh providers  a Terraform provider in a mirror folder, for the engine tests
# A second run does nothing, quickly, and needs no network.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
. "$here/env.sh"
for part in lib apt python node terraform cargo chromium forges corpus providers; do . "$here/setup/$part.sh"; done

mkdir -p "$XCF_TOOLS"
profile="${1:-run}"

setup_run() {
  apt_ensure "$1"
  rust_ensure
  ansible_ensure
  node_ensure
  terraform_ensure
}

case "$profile" in
  run) setup_run apt_packages_run ;;
  test)
    setup_run apt_packages_test
    chromium_ensure
    cargo_tool_ensure tauri-driver "$TAURI_DRIVER_VERSION"
    ;;
  lint)
    "$0" test
    cargo_tool_ensure cargo-deny "$CARGO_DENY_VERSION"
    ;;
  cargo-deny) cargo_tool_ensure cargo-deny "$CARGO_DENY_VERSION" ;;
  tauri-driver) cargo_tool_ensure tauri-driver "$TAURI_DRIVER_VERSION" ;;
  gitea) gitea_ensure ;;
  github-simulator) github_simulator_ensure ;;
  forges)
    "$0" github-simulator || note "going on without the GitHub API simulator"
    "$0" gitea || note "going on without Gitea"
    ;;
  corpus) corpus_ensure ;;
  providers) provider_ensure || note "going on without it" ;;
  chromium)
    apt_ensure apt_packages_browser
    node_ensure
    chromium_ensure
    ;;
  *) die "unknown set-up '$profile': run, test, lint, or the name of one tool" ;;
esac
