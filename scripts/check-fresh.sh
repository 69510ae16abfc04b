#!/usr/bin/env bash
# Proves the two commands on a machine that has nothing but git, rustup and Node: a Debian 12 chroot made by
# debootstrap from this machine's mirror, an ordinary user with sudo, an empty HOME, a clone of HEAD.
#   scripts/check-fresh.sh [--keep] setup             the set-up alone, then again without a network
#   scripts/check-fresh.sh [--keep] run               that, then `make run` with no display: is the UI really served?
#   scripts/check-fresh.sh [--keep] test [SUITE…]     that, then `make test` (of some suites)
#   scripts/check-fresh.sh [--keep] all               everything
# Needs root (debootstrap, chroot, mount). All mounts and processes live in namespaces that end with the script.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
. "$here/env.sh"
for part in lib apt node; do . "$here/setup/$part.sh"; done

[ "$(id -u)" -eq 0 ] || die "needs root: sudo $0 $*"
if [ -z "${XCF_FRESH_INSIDE:-}" ]; then
  apt_packages_fresh() { printf '%s\n' debootstrap; }
  apt_ensure apt_packages_fresh
  export XCF_FRESH_INSIDE=1
  exec unshare --mount --propagation private --pid --fork --kill-child --mount-proc "$0" "$@"
fi

keep=
if [ "${1:-}" = --keep ]; then
  keep=1
  shift
fi
what="${1:-all}"
[ "$#" -eq 0 ] || shift
case "$what" in setup | run | test | all) ;; *) die "usage: scripts/check-fresh.sh [--keep] setup|run|test [SUITE…]|all" ;; esac

RELEASE=bookworm
TESTER=tester
root="$(mktemp -d /var/tmp/xcf-fresh.XXXXXX)"
chmod 755 "$root"

clean_up() {
  local mounted
  while IFS= read -r mounted; do umount -l "$mounted"; done < <(awk -v r="$root/" 'index($2, r) == 1 { print $2 }' /proc/mounts | sort -r)
  if [ -n "$keep" ]; then note "kept: $root"; else rm -rf --one-file-system "$root"; fi
}
trap clean_up EXIT

mirror() { # mirror SUITE DEFAULT: where this machine gets that suite from
  local found
  found="$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' 2>/dev/null | awk -v s="$1" '$2 == s { print $1; exit }')"
  printf '%s\n' "${found:-$2}"
}

make_system() {
  local main security
  main="$(mirror "$RELEASE" http://deb.debian.org/debian)"
  security="$(mirror "$RELEASE-security" http://deb.debian.org/debian-security)"
  say "debootstrap $RELEASE from $main into $root"
  retry 3 debootstrap --variant=minbase --include=ca-certificates "$RELEASE" "$root" "$main" >"$root.log" 2>&1 \
    || die "debootstrap failed: see $root.log"
  rm -f "$root.log"
  printf 'deb %s %s main\n' "$main" "$RELEASE" "$main" "$RELEASE-updates" "$security" "$RELEASE-security" >"$root/etc/apt/sources.list"

  # This machine's way to the network: names, certificates, package settings.
  cp /etc/resolv.conf /etc/hosts "$root/etc/"
  rm -rf "$root/etc/ssl/certs"
  cp -rL /etc/ssl/certs "$root/etc/ssl/certs"
  cp -rL /usr/local/share/ca-certificates "$root/usr/local/share/"
  local settings
  for settings in /etc/pip.conf /usr/etc/npmrc; do
    [ ! -f "$settings" ] || install -D -m 644 "$settings" "$root$settings"
  done
  mount --bind /dev "$root/dev"
  mount --bind /dev/pts "$root/dev/pts"
  mount -t tmpfs tmpfs "$root/dev/shm"
  mount -t proc proc "$root/proc"
  mount --rbind /sys "$root/sys"
}

# What the README asks for: git, rustup, Node.
make_prerequisites() {
  say "Installing git, make, sudo; lending this machine's rustup and Node"
  in_root apt-get -qq update
  in_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 install -y --no-install-recommends git make sudo >/dev/null
  in_root useradd --create-home --shell /bin/bash "$TESTER"
  printf '%s ALL=(ALL) NOPASSWD: ALL\nDefaults env_keep += "DEBIAN_FRONTEND"\n' "$TESTER" >"$root/etc/sudoers.d/$TESTER"

  mkdir -p "$root/opt/rustup" "$root/home/$TESTER/.cargo"
  mount --bind "${RUSTUP_HOME:-$HOME/.rustup}" "$root/opt/rustup"
  mount -o remount,bind,ro "$root/opt/rustup"
  cp -a "${CARGO_HOME:-$HOME/.cargo}/bin" "$root/home/$TESTER/.cargo/bin"

  local node npm
  node="$(readlink -f "$(system_command node)")"
  npm="$(dirname "$(dirname "$(readlink -f "$(system_command npm)")")")"
  install -D "$node" "$root/usr/local/bin/node"
  mkdir -p "$root/usr/local/lib/node_modules"
  cp -a "$npm" "$root/usr/local/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
  ln -s ../lib/node_modules/npm/bin/npx-cli.js "$root/usr/local/bin/npx"

  git -C "$XCF_REPO" bundle create --quiet "$root/home/$TESTER/repository.bundle" HEAD
  in_root chown -R "$TESTER:" "/home/$TESTER"
  as_tester 'git clone --quiet repository.bundle xcloudflow && rm repository.bundle && ls -A' >&2
}

# With `lone` set: in a namespace that has no network.
in_root() { ${lone:+unshare --net} chroot "$root" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "$@"; }

# The user's environment: nothing of this machine's but how to reach the package registries.
as_tester() {
  local name passed=()
  for name in HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy PIP_INDEX_URL PIP_CERT PIP_DEFAULT_TIMEOUT \
    GOPROXY GOSUMDB npm_config_registry NODE_EXTRA_CA_CERTS SSL_CERT_FILE CARGO_BUILD_JOBS XCF_TEST_BUDGET_MINUTES; do
    [ -z "${!name:-}" ] || passed+=("$name=${!name}")
  done
  in_root setpriv --reuid "$TESTER" --regid "$TESTER" --init-groups /usr/bin/env -i "${passed[@]}" \
    HOME="/home/$TESTER" USER="$TESTER" LANG=C.UTF-8 TERM=dumb RUSTUP_HOME=/opt/rustup RUSTUP_AUTO_INSTALL=0 \
    PATH="/home/$TESTER/.cargo/bin:/usr/local/bin:/usr/bin:/bin" bash -euo pipefail -c "cd ~; $1"
}

check_setup() {
  say "First set-up, as an ordinary user with an empty HOME"
  local begun=$SECONDS
  as_tester 'cd xcloudflow && scripts/setup.sh test'
  note "first set-up: $((SECONDS - begun)) s"
  as_tester 'cd xcloudflow && . scripts/env.sh && node --version && npm --version && ansible-playbook --version | head -n 1 \
    && { terraform version 2>/dev/null || tofu version; } && tauri-driver --help >/dev/null && chromium --version && pkg-config --modversion webkit2gtk-4.1'
  say "Second set-up, in a namespace without a network: must have nothing to do"
  begun=$SECONDS
  local said
  said="$(lone=1 as_tester 'cd xcloudflow && scripts/setup.sh test' 2>&1)" || die "the second set-up failed without a network: $said"
  [ -z "$said" ] || die "the second set-up was not silent: $said"
  note "second set-up: $((SECONDS - begun)) s, nothing to do"
}

check_run() {
  say "make run, with no display"
  as_tester 'cd xcloudflow && { XCF_LISTEN=127.0.0.1:17420 make run >../run.log 2>&1 & echo $! >../run.pid; }
    for _ in $(seq 3600); do
      address="$(grep -oE "https?://(127\.0\.0\.1|localhost):17420[^ ]*" ../run.log | tail -n 1 || true)"
      [ -z "$address" ] || break
      kill -0 "$(cat ../run.pid)" 2>/dev/null || break
      sleep 1
    done
    cat ../run.log
    [ -n "${address:-}" ] || { echo "make run printed no address"; exit 1; }
    # The token of the address is taken once and answered with a cookie and the address without it.
    served=""
    curl --fail --silent --show-error --location --cookie-jar ../jar --cookie ../jar --output ../page.html "$address" && served=1
    pkill -INT -P "$(cat ../run.pid)" || true
    wait "$(cat ../run.pid)" 2>/dev/null || true
    [ -n "$served" ] && grep -qi "<title>.*xcloudflow" ../page.html || { echo "no UI at $address"; cat ../page.html; exit 1; }
    echo "the UI is served at $address"'
}

check_test() {
  say "make test $*"
  as_tester "cd xcloudflow && make test SUITE='$*'"
}

make_system
make_prerequisites
check_setup
case "$what" in
  run) check_run ;;
  test) check_test "$@" ;;
  all)
    check_run
    check_test
    ;;
esac
say "Fresh machine: passed ($what)"
