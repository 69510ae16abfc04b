# Real forges for the tests (sourced): Gitea from its Go module, the GitHub API simulator from npm.

gitea_ensure() {
  local out="$XCF_CACHE/tools/gitea" work="$XCF_CACHE/go-work" go source
  [ ! -x "$out/gitea" ] || return 0
  have gcc || die "Gitea needs a C compiler (its SQLite is C); on Debian: apt-get install build-essential"
  go="$(go_command)"
  say "Building Gitea from source (once, about 4 minutes on 2 cores): the forge tests speak to a real one"
  mkdir -p "$out" "$work"
  (
    # A chain, because a subshell before `||` goes on after a failure.
    export GOTOOLCHAIN=local GOFLAGS='-mod=readonly -buildvcs=false' GOPATH="$work/path" GOCACHE="$work/cache" CGO_ENABLED=1
    cd "$XCF_REPO/tests/tools/gitea" \
      && retry 3 "$go" mod download code.gitea.io/gitea \
      && source="$("$go" list -m -f '{{.Dir}}' code.gitea.io/gitea)" \
      && rm -rf "$out/static" && mkdir -p "$out/static" \
      && cp -R "$source/templates" "$source/options" "$source/public" "$out/static/" \
      && chmod -R u+w "$out/static" \
      && nice -n 10 "$go" build -trimpath -tags 'sqlite sqlite_unlock_notify timetzdata' -ldflags '-s -w' -o "$out/gitea.part" code.gitea.io/gitea \
      && mv "$out/gitea.part" "$out/gitea" \
      && "$go" clean -modcache
  ) || die "Gitea could not be built; the forge tests that need it will be skipped"
  rm -rf "$work" "$XCF_CACHE/go-$GO_WHEEL_VERSION"
}

github_simulator_ensure() {
  local out="$XCF_CACHE/tools/github-simulator"
  if cmp -s "$XCF_REPO/tests/tools/github-simulator/package-lock.json" "$out/package-lock.json" && [ -d "$out/node_modules" ]; then
    return 0
  fi
  say "Fetching the GitHub API simulator"
  rm -rf "$out" && mkdir -p "$out"
  cp "$XCF_REPO"/tests/tools/github-simulator/package*.json "$out/"
  (cd "$out" && retry 3 npm ci --ignore-scripts --no-audit --loglevel=error >&2) \
    || { rm -rf "$out" && die "the GitHub API simulator could not be fetched; its tests will be skipped"; }
}
