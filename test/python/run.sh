#!/usr/bin/env bash
# Runs live tests that ask Python for the truth: run.sh TEST-FILE…
set -euo pipefail
cd "$(dirname "$0")/../.."

DROPTUNE_TEST_PYTHON=$(test/python/prepare.sh)
export DROPTUNE_TEST_PYTHON
exec npx --no-install vitest run --config test/live/vitest.config.ts "$@"
