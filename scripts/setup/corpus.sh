# Files that nobody here wrote (sourced): YAML out of published packages, for the round-trip test of edits. They go to
# the cache, never into the repository. Go modules come as zips through the Go module proxy, the others as sdists.

CORPUS_GO=(
  github.com/argoproj/argo-cd/v2@v2.14.0
  github.com/fluxcd/flux2/v2@v2.4.0
  sigs.k8s.io/kustomize/api@v0.18.0
  github.com/crossplane/crossplane@v1.18.0
)
CORPUS_NPM=(serverless@3.38.0)
CORPUS_PYPI=(ansible-runner==2.4.0 ansible-lint==24.12.2)

# corpus_ensure: $XCF_CACHE/corpus/NAME holds the YAML files of each package; what can't be fetched is named and left out.
corpus_ensure() {
  local out="$XCF_CACHE/corpus" go package name zip
  mkdir -p "$out"
  for package in "${CORPUS_GO[@]}"; do
    name="go-$(printf '%s' "$package" | tr '/@' '__')"
    [ -d "$out/$name" ] && continue
    go="$(go_command)" || continue
    zip="$(cd "$out" && GOFLAGS= GOPATH="$out/.go" "$go" mod download -json "$package" | sed -n 's/^.*"Zip": "\(.*\)",$/\1/p')" || true
    if [ -n "$zip" ]; then corpus_unpack "$zip" "$out/$name"; else note "not reachable: $package"; fi
  done
  for package in "${CORPUS_NPM[@]}"; do
    name="npm-${package//[@\/]/_}"
    [ -d "$out/$name" ] && continue
    zip="$(cd "$out" && npm pack --silent "$package")" || true
    if [ -n "$zip" ]; then corpus_unpack "$out/$zip" "$out/$name"; else note "not reachable: $package"; fi
    rm -f "$out/$zip"
  done
  for package in "${CORPUS_PYPI[@]}"; do
    name="pypi-${package//==/_}"
    [ -d "$out/$name" ] && continue
    venv_ensure
    rm -rf "$out/.sdist"
    "$XCF_CACHE/venv/bin/python" -m pip download --quiet --no-deps --no-binary "${package%%==*}" --dest "$out/.sdist" "$package" || true
    zip="$(find "$out/.sdist" -name '*.tar.gz' 2>/dev/null | head -n 1)"
    if [ -n "$zip" ]; then corpus_unpack "$zip" "$out/$name"; else note "not reachable: $package"; fi
    rm -rf "$out/.sdist"
  done
  chmod -R u+w "$out/.go" 2>/dev/null || true
  rm -rf "$out/.go"
}

# corpus_unpack ARCHIVE FOLDER: its YAML files below 1 MB, with their paths.
corpus_unpack() {
  rm -rf "$2.part"
  mkdir -p "$2.part"
  python3 - "$1" "$2.part" <<'PY'
import sys, tarfile, zipfile
from pathlib import Path, PurePosixPath

archive, folder = sys.argv[1], Path(sys.argv[2])


def keep(name, size, read):
    if name.endswith((".yaml", ".yml")) and size <= 1 << 20:
        # A flat name: no path of an archive is ever followed.
        parts = [part for part in PurePosixPath(name).parts if part not in ("/", "..")]
        (folder / "__".join(parts)[-200:]).write_bytes(read())


if archive.endswith(".zip"):
    with zipfile.ZipFile(archive) as source:
        for item in source.infolist():
            keep(item.filename, item.file_size, lambda: source.read(item))
else:
    with tarfile.open(archive) as source:
        for item in source.getmembers():
            if item.isfile():
                keep(item.name, item.size, lambda: source.extractfile(item).read())
PY
  mv "$2.part" "$2"
}
