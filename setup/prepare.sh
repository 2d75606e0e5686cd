#!/bin/sh
# Make .venv ready for this checkout: system packages, interpreter, pinned packages, cicatrix.
#
# Run by every make target that needs it; says nothing when all is ready. Outside the checkout
# it touches only Debian packages, and those only as root. Arguments are programs that a target
# needs as well, each from the Debian package of its name: setup/prepare.sh chromium
set -eu

here=$(cd "$(dirname "$0")/.." && pwd -P)
cd "$here"
venv=$here/.venv
stamp=$venv/cicatrix-ready
programs=$*
log=$here/.cache/apt.log

# What WeasyPrint draws with, and a font for signs that the shipped fonts do not hold.
libraries="libpango-1.0.so.0 libpangoft2-1.0.so.0 libharfbuzz-subset.so.0 libfontconfig.so.1"
library_packages="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core"

say() { printf '%s\n' "$*" >&2; }
stop() { say "$*"; exit 1; }

# --- an interpreter that is new enough ---------------------------------------------------------

python_is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
        if python_is_new_enough "$candidate"; then
            # Behind a version manager's stand-in, too: the interpreter itself.
            "$candidate" -c 'import sys; print(sys.executable)'
            return
        fi
    done
    stop "cicatrix needs Python 3.11 or newer, and none was found." \
        "Install python3, or name one: make PYTHON=/path/to/python3"
}

# --- Debian packages ---------------------------------------------------------------------------

missing_programs() {
    for program in $programs; do
        command -v "$program" >/dev/null || printf '%s ' "$program"
    done
}

missing_packages() {
    missing_programs
    "$1" -c 'import ensurepip, venv' 2>/dev/null || printf 'python3-venv '
    for library in $libraries; do
        if ! "$1" -c "import ctypes; ctypes.CDLL('$library')" 2>/dev/null; then
            printf '%s' "$library_packages"
            return
        fi
    done
}

install_packages() {
    if ! command -v apt-get >/dev/null; then
        stop "Missing: what Debian calls $1. Install it with this system's package manager."
    fi
    if [ "$(id -u)" -ne 0 ]; then
        stop "Missing Debian packages. As root, run: apt-get install -y $1"
    fi
    say "Installing Debian packages: $1"
    mkdir -p "$here/.cache"
    # A fresh machine has no package lists, an old one lists that are out of date.
    # shellcheck disable=SC2086  # a list of words
    { apt_get update && apt_get install --yes --no-install-recommends $1; } >"$log" 2>&1 || {
        tail -n 5 "$log" >&2
        stop "apt-get failed; the whole of what it said is in $log"
    }
}

apt_get() { DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 "$@"; }

# --- the environment ---------------------------------------------------------------------------

# Why the .venv that is there cannot be used; nothing when it can.
fault_of_venv() {
    if [ -L "$venv" ]; then
        echo "is a link to another place"
    elif ! python_is_new_enough "$venv/bin/python"; then
        echo "has no working Python 3.11 or newer"
    elif [ "$("$venv/bin/python" -c 'import sys; print(sys.prefix)')" != "$venv" ]; then
        echo "was not made for this folder"
    elif ! grep -qF "$venv/bin/python" "$venv/bin/pip" 2>/dev/null; then
        echo "was made for another folder, or has no pip"
    elif ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        echo "has a pip that does not work"
    fi
}

make_venv() {
    say "Making .venv with $("$1" --version)"
    # Never follow a link: what it leads to is not ours.
    if [ -L "$venv" ]; then rm "$venv"; else rm -rf "$venv"; fi
    "$1" -m venv "$venv"
}

fingerprint() {
    { echo "$here"; "$venv/bin/python" --version; cat requirements.lock pyproject.toml "$0"; } |
        sha256sum | cut -d ' ' -f 1
}

is_ready() {
    [ -f "$stamp" ] && [ ! -L "$venv" ] && [ "$(cat "$stamp")" = "$(fingerprint 2>/dev/null)" ]
}

pip_install() { "$venv/bin/python" -m pip --quiet --quiet --disable-pip-version-check install "$@"; }

# ---------------------------------------------------------------------------------------------

if is_ready; then
    packages=$(missing_programs)
    [ -z "$packages" ] || install_packages "$packages"
    exit 0
fi

python=$(find_python)
packages=$(missing_packages "$python")
[ -z "$packages" ] || install_packages "$packages"

if [ -e "$venv" ] || [ -L "$venv" ]; then
    fault=$(fault_of_venv)
    if [ -n "$fault" ]; then
        if [ -d "$venv" ] && [ ! -L "$venv" ] && [ ! -f "$venv/pyvenv.cfg" ] &&
            [ -n "$(ls -A "$venv")" ]; then
            stop ".venv is here but is no Python environment; move it away and run again."
        fi
        say "The .venv that is here $fault; it is made anew."
        make_venv "$python"
    fi
else
    make_venv "$python"
fi

say "Installing the pinned packages (the first time takes some minutes)"
pip_install --only-binary=:all: -r requirements.lock
say "Installing cicatrix itself from src/"
pip_install --no-deps --no-build-isolation --editable .
fingerprint >"$stamp"
say "Ready."
