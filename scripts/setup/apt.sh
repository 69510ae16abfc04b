# System packages (sourced): what Tauri 2 links against, and what the tests start.

apt_packages_run() {
  printf '%s\n' build-essential pkg-config cmake curl ca-certificates git file \
    libssl-dev libgtk-3-dev libwebkit2gtk-4.1-dev libayatana-appindicator3-dev librsvg2-dev \
    libxdo-dev libsoup-3.0-dev libdbus-1-dev python3 python3-venv fontconfig
  # The interface speaks Chinese too: without any Chinese font it would show boxes.
  [ -n "$(fc-list :lang=zh family 2>/dev/null)" ] || printf '%s\n' fonts-noto-cjk
}

apt_packages_test() {
  apt_packages_run
  printf '%s\n' gnome-keyring chromium webkit2gtk-driver xvfb xauth dbus dbus-x11 procps \
    fonts-dejavu-core fonts-noto-cjk
  # Their packages start a server on a machine that starts services; there their tests are skipped instead.
  [ -d /run/systemd/system ] || printf '%s\n' openssh-server
  [ -d /run/systemd/system ] || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || printf '%s\n' postgresql
}

# What a browser alone needs, without the toolchain of the rest.
apt_packages_browser() {
  printf '%s\n' curl ca-certificates python3 python3-venv chromium fonts-dejavu-core
}

apt_installed() {
  [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null | cut -c1-2)" = ii ]
}

apt_get() {
  local prefix=()
  if [ "$(id -u)" -ne 0 ]; then
    have sudo || die "these system packages are missing and neither root nor sudo is available; ask an administrator to run: apt-get install $*"
    prefix=(sudo)
  fi
  # The long transcript goes to a file; apt's own errors still reach the terminal.
  "${prefix[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 -qq "$@" \
    >>"$XCF_CACHE/apt.log"
}

# apt_ensure LISTER: installs what is missing; touches neither network nor sudo when nothing is.
apt_ensure() {
  local missing=() unavailable=() package
  if ! have apt-get || ! have dpkg-query; then
    note "not a Debian or Ubuntu machine: install the equivalents of: $("$1" | tr '\n' ' ')"
    return 0
  fi
  while IFS= read -r package; do
    apt_installed "$package" || missing+=("$package")
  done < <("$1")
  [ "${#missing[@]}" -gt 0 ] || return 0

  say "Installing system packages: ${missing[*]}"
  retry 3 apt_get update || die "apt-get update failed: check the network and /etc/apt/sources.list*"
  local wanted=()
  for package in "${missing[@]}"; do
    if apt-cache show "$package" >/dev/null 2>&1; then wanted+=("$package"); else unavailable+=("$package"); fi
  done
  if [ "${#unavailable[@]}" -gt 0 ]; then
    note "not offered by this system's package sources: ${unavailable[*]} (what needs them will be skipped, or say so itself)"
  fi
  [ "${#wanted[@]}" -eq 0 ] || retry 3 apt_get install -y --no-install-recommends "${wanted[@]}" \
    || die "apt-get could not install: ${wanted[*]}"
}
