#!/usr/bin/env bash
# Runs the tests of the docker launcher on a real engine, as root on Debian: installs it where it is missing, starts one of
# its own on a socket and a folder of its own, without touching the network, and ends it again.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v dockerd >/dev/null || apt-get install -y --no-install-recommends docker.io
folder=$(mktemp -d)
export DOCKER_HOST=unix://$folder/docker.sock
dockerd --data-root "$folder/data" --exec-root "$folder/exec" --pidfile "$folder/pid" -H "$DOCKER_HOST" \
  --storage-driver vfs --iptables=false --ip6tables=false --bridge none >"$folder/log" 2>&1 &
engine=$!
trap 'kill $engine; wait $engine || true; umount "$folder"/exec/netns/* || true; rm -rf "$folder"' EXIT
for _ in $(seq 60); do
  [ -S "$folder/docker.sock" ] && break
  kill -0 $engine || { tail -20 "$folder/log"; exit 1; }
  sleep 1
done
npm run build
npx vitest run --config test/live/vitest.config.ts test/live/docker.test.ts
