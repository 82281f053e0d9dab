#!/usr/bin/env bash
# Starts Ceph and moto, runs the tests given against them, ends both.
set -euo pipefail
here=$(dirname "$0")
home=${BUCKETS_HOME:-.droptune/buckets}
mkdir -p "$home"
finish() {
  bash "$here/ceph.sh" down "$home/ceph"
  bash "$here/moto.sh" down "$home/moto"
}
trap finish EXIT
bash "$here/ceph.sh" up "$home/ceph"
bash "$here/moto.sh" up "$home/moto"
CEPH_ENDPOINT=http://127.0.0.1:7480 MOTO_ENDPOINT=http://127.0.0.1:7490 \
  npx vitest run --config test/live/vitest.config.ts "$@"
