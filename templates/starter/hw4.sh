#!/bin/sh
# usage: hw4.sh <training data> <output folder>
# Computes the pictures that report.yaml exports (fig1_0.jpg …) from these data into that folder.
# The pictures equal those of the report if the report was built from the same data:
#     python -m generator report.yaml --data <training data>
# The Python is $PYTHON, or the first that has the generator: of the active environment, of a .venv here or further up,
# the one that `init` ran in (.python names it), and what the system calls python3 or python.
set -eu
if [ $# -ne 2 ]; then
    echo "usage: $0 <training data> <output folder>" >&2
    exit 2
fi
data=$1 exports=$2 here=$(cd "$(dirname "$0")" && pwd) python=${PYTHON-}

add_path() { # a folder in which the generator lies without being installed
    if [ -f "$1/generator/__main__.py" ]; then
        export PYTHONPATH="$1${PYTHONPATH:+:$PYTHONPATH}"
    fi
}

made_by='' made_from=''
if [ -f "$here/.python" ]; then
    { read -r made_by && read -r made_from; } <"$here/.python" || true
fi
add_path "$made_from"
set -- "${VIRTUAL_ENV-}/bin/python" "${VIRTUAL_ENV-}/Scripts/python.exe"
up=$here
while add_path "$up"; do
    set -- "$@" "$up/.venv/bin/python" "$up/.venv/Scripts/python.exe"
    if [ "$up" = / ]; then break; fi
    up=$(dirname "$up")
done
for one in "$@" "$made_by" python3 python; do
    asked='from importlib.util import find_spec as at; exit(not (at("generator") and at("tensorflow")))'
    if [ -z "$python" ] && [ -n "$one" ] && "$one" -c "$asked" >/dev/null 2>&1; then
        python=$one
    fi
done
if [ -z "$python" ]; then
    echo "$0: no Python here has the generator; activate its environment, or say PYTHON=/path/to/python $0 …" >&2
    exit 2
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$python" -m generator "$here/report.yaml" --data "$data" --exports "$exports" --formats none --output "$scratch/site"
