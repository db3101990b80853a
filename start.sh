#!/bin/sh
# Starts assetmap in the browser. The first start sets it up in the folder .venv beside this file; with a folder "wheels"
# of packages beside it, that needs no network.
cd "$(dirname "$0")" || exit 1

stop() {
    echo "$1"
    if [ -t 0 ]; then
        printf "Press Enter to close this window. "
        read -r _
    fi
    exit 1
}

find_python() {
    for each in python3.13 python3.12 python3.11 python3 python; do
        if command -v "$each" >/dev/null 2>&1 &&
            "$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            echo "$each"
            return
        fi
    done
}

ready=.venv/.app-ready
if [ ! -x .venv/bin/python ]; then
    python=$(find_python)
    if [ -z "$python" ]; then
        stop "assetmap needs Python 3.11 or later, and this computer has none. Get it from https://www.python.org/downloads/ and start again."
    fi
    echo "Setting assetmap up. This takes a few minutes, once."
    "$python" -m venv .venv ||
        stop "The folder .venv could not be made. On Debian and Ubuntu, install the package python3-venv and start again."
fi
if [ ! -f "$ready" ] || [ pyproject.toml -nt "$ready" ]; then
    if [ -d wheels ]; then
        set_up="--upgrade --no-index --find-links wheels assetmap[travel]"
    else
        set_up=".[travel]"
    fi
    # shellcheck disable=SC2086
    .venv/bin/python -m pip install --quiet --disable-pip-version-check $set_up ||
        stop "assetmap could not be set up. Check the network, or put a folder \"wheels\" with the packages beside this file, and start again."
    touch "$ready"
fi
.venv/bin/python -m assetmap app "$@" || stop "assetmap has stopped. The lines above say why."
