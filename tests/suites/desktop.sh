#!/usr/bin/env bash
# The real desktop window, in a virtual X display and a session bus of its own, through WebDriver.
set -euo pipefail
cd "$(dirname "$0")/../.."
export XCF_BIN="${XCF_BIN:-$CARGO_TARGET_DIR/debug/xcf}"
export XCF_DESKTOP_BIN="${XCF_DESKTOP_BIN:-$CARGO_TARGET_DIR/debug/xcloudflow}"
# Software rendering. WebKit's compositing stays on: without it the driver's screenshots never come.
export LIBGL_ALWAYS_SOFTWARE=1 NO_AT_BRIDGE=1 GDK_BACKEND=x11
unset WAYLAND_DISPLAY
exec dbus-run-session -- xvfb-run --auto-servernum --server-args='-screen 0 1440x900x24' \
  node --test --test-concurrency=1 --test-reporter=tap 'tests/e2e/desktop/**/*.test.mjs'
