# A real Chromium for the browser tests (sourced). Debian packages it; Ubuntu only as a snap, which a container cannot run.

chromium_ensure() {
  local browsers="$XCF_CACHE/browsers" found
  if [ -n "${XCF_CHROMIUM:-}" ] || have chromium || have chromium-browser || have google-chrome; then return 0; fi
  say "No Chromium among the system packages: fetching the one Playwright publishes"
  if env -u PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD PLAYWRIGHT_BROWSERS_PATH="$browsers" \
    npm exec --yes --loglevel=error -- playwright@1 install --with-deps chromium >&2 \
    && found="$(find "$browsers" -type f -name chrome -perm -u+x -print -quit)" && [ -n "$found" ]; then
    link_tool "$found" chromium
  else
    note "no Chromium: the browser tests will be skipped; set XCF_CHROMIUM to one and run this again"
  fi
}
