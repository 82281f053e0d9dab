#!/usr/bin/env bash
# Prints the path of a Python that has requirements.txt, making it under .droptune/python the first time.
# DROPTUNE_TEST_PYTHON names an interpreter that has them already.
set -euo pipefail
cd "$(dirname "$0")/../.."

has_all() { "$1" -c 'import peft, safetensors, torch, transformers, trl' 2>/dev/null; }

if [ -n "${DROPTUNE_TEST_PYTHON:-}" ]; then
  has_all "$DROPTUNE_TEST_PYTHON" || {
    echo "$DROPTUNE_TEST_PYTHON (from DROPTUNE_TEST_PYTHON) cannot import what test/python/requirements.txt lists." >&2
    exit 1
  }
  echo "$DROPTUNE_TEST_PYTHON"
  exit
fi

venv=$PWD/.droptune/python
if ! { [ -x "$venv/bin/python" ] && has_all "$venv/bin/python"; }; then
  echo "Making $venv with PyTorch, transformers, PEFT and TRL: some minutes the first time." >&2
  "${PYTHON:-python3}" -m venv "$venv" >&2 || {
    echo "${PYTHON:-python3} cannot make a virtual environment: is it there? (Debian: apt-get install python3-venv)" >&2
    exit 1
  }
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r test/python/requirements.txt >&2
fi
echo "$venv/bin/python"
