# Python and ansible-core (sourced), in a private virtual environment.

ANSIBLE_CORE_VERSION=2.19.14
# The last series for Python 3.10 (Ubuntu 22.04).
ANSIBLE_CORE_VERSION_PY310=2.17.14

python_command() {
  local candidate
  for candidate in /usr/bin/python3 "$(system_command python3 || true)"; do
    if [ -x "$candidate" ] && "$candidate" -c 'import venv, ensurepip' 2>/dev/null; then
      printf '%s\n' "$candidate"
      return 0
    fi
  done
  return 1
}

# A virtual environment that runs; a stale one (its Python was upgraded away) is made anew.
venv_ensure() {
  local venv="$XCF_CACHE/venv" python
  if "$venv/bin/python" -m pip --version >/dev/null 2>&1; then return 0; fi
  python="$(python_command)" || die "no Python 3 with venv found; on Debian: apt-get install python3 python3-venv"
  say "Creating a private Python environment in $venv"
  rm -rf "$venv"
  mkdir -p "$XCF_CACHE"
  "$python" -m venv "$venv"
}

# pip_get ARGS…: pip of the private environment, quiet, with retries.
pip_get() {
  retry 3 "$XCF_CACHE/venv/bin/python" -m pip install --quiet --disable-pip-version-check --retries 5 "$@"
}

ansible_ensure() {
  local want="$ANSIBLE_CORE_VERSION" venv="$XCF_CACHE/venv" name
  venv_ensure
  "$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || want="$ANSIBLE_CORE_VERSION_PY310"
  if [ ! -d "$(printf '%s' "$venv"/lib/python3.*/site-packages)/ansible_core-$want.dist-info" ]; then
    say "Installing ansible-core $want into $venv"
    pip_get "ansible-core==$want" || die "ansible-core $want could not be installed from PyPI"
  fi
  for name in ansible ansible-playbook ansible-inventory ansible-galaxy ansible-config ansible-doc ansible-vault; do
    link_tool "$venv/bin/$name" "$name"
  done
}
