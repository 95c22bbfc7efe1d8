#!/bin/sh
# usage: hw4.sh <training data> <output folder>
# Computes the pictures that report.yaml exports (fig1_0.jpg …) from these data into that folder.
# The pictures equal those of the report if the report was built from the same data:
#     python -m generator report.yaml --data <training data>
set -eu
if [ $# -ne 2 ]; then
    echo "usage: $0 <training data> <output folder>" >&2
    exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
PYTHONPATH="$here${PYTHONPATH:+:$PYTHONPATH}" "${PYTHON:-python3}" -m generator "$here/report.yaml" \
    --data "$1" --exports "$2" --formats none --output "$scratch/site"
