# The Rust toolchain and tools built from crates (sourced).

RUST_MINIMUM=1.95.0
TAURI_DRIVER_VERSION=^2
CARGO_DENY_VERSION=^0.20

rust_ensure() {
  have cargo || die "cargo is missing: install Rust with rustup (https://rustup.rs), then run this again"
  local version
  version="$(rustc --version 2>/dev/null | awk '{print $2}')"
  if version_at_least "${version:-0}" "$RUST_MINIMUM"; then return 0; fi
  have rustup || die "Rust ${version:-unknown} is too old (need >= $RUST_MINIMUM) and rustup is missing"
  if ! rustup toolchain list | grep -q "^$RUST_MINIMUM-"; then
    say "Installing Rust $RUST_MINIMUM beside the default toolchain (${version:-none})"
    retry 3 rustup toolchain install "$RUST_MINIMUM" --profile minimal -c clippy -c rustfmt \
      || die "rustup could not install Rust $RUST_MINIMUM"
  fi
  printf '%s\n' "$RUST_MINIMUM" >"$XCF_CACHE/rust-toolchain"
  export RUSTUP_TOOLCHAIN="$RUST_MINIMUM"
}

# cargo_tool_ensure CRATE VERSION: built once, in a target folder of its own that is removed afterwards.
cargo_tool_ensure() {
  [ ! -x "$XCF_TOOLS/$1" ] || return 0
  say "Building $1 $2 (once)"
  local target="$XCF_CACHE/target-tools"
  CARGO_TARGET_DIR="$target" retry 2 nice cargo install --quiet --locked --root "$XCF_CACHE/tools" --version "$2" "$1" \
    || die "$1 could not be built"
  rm -rf "$target"
}
