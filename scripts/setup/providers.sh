# A provider from outside for the engine tests (sourced), built from tests/tools/provider into a mirror folder, as a
# person without a registry would lay it out.

provider_ensure() {
  local out="$XCF_CACHE/tools/providers" source="$XCF_REPO/tests/tools/provider" work="$XCF_CACHE/go-work" go mark place
  mark="$(cat "$source"/* | sha256sum | cut -d ' ' -f 1)"
  [ "$(cat "$out/mark" 2>/dev/null)" != "$mark" ] || return 0
  go="$(go_command)"
  say "Building a Terraform provider for the engine tests (once, about 2 minutes on 2 cores)"
  rm -rf "$out" && mkdir -p "$out" "$work"
  (
    export GOTOOLCHAIN=local GOFLAGS='-mod=readonly -buildvcs=false' GOPATH="$work/path" GOCACHE="$work/cache" CGO_ENABLED=0
    cd "$source" \
      && retry 3 "$go" mod download \
      && nice -n 10 "$go" build -trimpath -ldflags '-s -w' -o "$work/provider" . \
      && place="1.0.0/$("$go" env GOOS)_$("$go" env GOARCH)" \
      && for host in registry.terraform.io registry.opentofu.org; do
        mkdir -p "$out/mirror/$host/xcloudflow/stamp/$place"
        cp "$work/provider" "$out/mirror/$host/xcloudflow/stamp/$place/terraform-provider-stamp_v1.0.0"
      done \
      && "$go" clean -modcache
  ) || die "the provider could not be built; the tests that need it will be skipped"
  rm -rf "$work" "$XCF_CACHE/go-$GO_WHEEL_VERSION"
  printf '%s\n' "$mark" >"$out/mark"
}
