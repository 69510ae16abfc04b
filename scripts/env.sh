# Source this file (bash): it puts the project's tools and caches in place for one shell.
#   . scripts/env.sh
# Nothing is installed here; `make tools` and `scripts/setup.sh` do that.
# Everything the project keeps outside the repository lives under XCF_CACHE.

XCF_REPO="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
XCF_CACHE="${XCF_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/xcloudflow}"
# Executables of the set-up (or links to the machine's own): node, npm, terraform or tofu, ansible-*, tauri-driver, cargo-deny.
XCF_TOOLS="$XCF_CACHE/tools/bin"
export XCF_REPO XCF_CACHE XCF_TOOLS

# A machine with rustup whose shell profile was not read yet.
if ! command -v cargo >/dev/null 2>&1 && [ -x "$HOME/.cargo/bin/cargo" ]; then
  PATH="$HOME/.cargo/bin:$PATH"
fi
case ":$PATH:" in
  *":$XCF_TOOLS:"*) ;;
  *) PATH="$XCF_TOOLS:$PATH" ;;
esac
export PATH

# The set-up writes this file only when the default toolchain is older than the workspace needs.
if [ -z "${RUSTUP_TOOLCHAIN:-}" ] && [ -f "$XCF_CACHE/rust-toolchain" ]; then
  RUSTUP_TOOLCHAIN="$(cat "$XCF_CACHE/rust-toolchain")"
  export RUSTUP_TOOLCHAIN
fi

export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$XCF_CACHE/target}"
export npm_config_cache="${npm_config_cache:-$XCF_CACHE/npm}"
export npm_config_fund=false npm_config_update_notifier=false
# Real Chromium comes from the system's packages, never from a download of the test library.
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1
if [ -z "${XCF_CHROMIUM:-}" ]; then
  for xcf_candidate in chromium chromium-browser google-chrome; do
    if XCF_CHROMIUM="$(command -v "$xcf_candidate" 2>/dev/null)"; then
      export XCF_CHROMIUM
      break
    fi
  done
  unset xcf_candidate
fi
