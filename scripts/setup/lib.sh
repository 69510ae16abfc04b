# Shared by the set-up steps (sourced). Needs scripts/env.sh sourced first.

# Everything a step says goes to stderr: stdout belongs to the program that is started afterwards.
say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
note() { printf '    %s\n' "$*" >&2; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# version_at_least HAVE WANT: true when dotted version HAVE >= WANT.
version_at_least() {
  [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

# retry COUNT COMMAND…: package mirrors drop a connection now and then.
retry() {
  local left="$1" pause=2
  shift
  until "$@"; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || return 1
    note "failed: $1; trying again in ${pause}s"
    sleep "$pause"
    pause=$((pause * 2))
  done
}

# The first command of this name on PATH that is not one of our own links.
system_command() {
  local path
  while IFS= read -r path; do
    case "$path" in "$XCF_TOOLS"/*) ;; *)
      printf '%s\n' "$path"
      return 0
      ;;
    esac
  done < <(type -ap "$1")
  return 1
}

link_tool() { # link_tool TARGET NAME
  mkdir -p "$XCF_TOOLS"
  ln -sfn "$1" "$XCF_TOOLS/$2"
}
