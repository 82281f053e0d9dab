#!/usr/bin/env bash
# moto's S3, a second implementation of the protocol, on 127.0.0.1:7490.
#   moto.sh up FOLDER     installs it into FOLDER/venv and starts it
#   moto.sh down FOLDER   ends it
set -euo pipefail
D=$(realpath -m "$2")
PORT=7490

down() {
  [ -e "$D/moto.pid" ] && kill "$(cat "$D/moto.pid")" 2>/dev/null || true
  rm -f "$D/moto.pid"
}

up() {
  down
  mkdir -p "$D"
  [ -x "$D/venv/bin/moto_server" ] || {
    python3 -m venv "$D/venv"
    "$D/venv/bin/pip" install -q 'moto[server,s3]==5.2.5'
  }
  nohup "$D/venv/bin/moto_server" -H 127.0.0.1 -p "$PORT" >"$D/moto.log" 2>&1 &
  echo $! >"$D/moto.pid"
  for _ in $(seq 1 120); do
    curl -sf -o /dev/null "http://127.0.0.1:$PORT/" && return
    sleep 0.5
  done
  tail -5 "$D/moto.log" >&2
  return 1
}

"$1"
