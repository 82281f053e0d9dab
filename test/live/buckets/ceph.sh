#!/usr/bin/env bash
# One node of Ceph with its S3 gateway on 127.0.0.1:7480, from Debian's packages (root; no containers).
#   ceph.sh up FOLDER     installs what is missing, starts monitor, store in memory and gateway, makes two users
#   ceph.sh down FOLDER   ends them
set -euo pipefail
D=$(realpath -m "$2")
PORT=7480

down() {
  [ -e "$D/ceph.conf" ] || return 0
  for pid in "$D"/*.pid; do
    [ -e "$pid" ] && kill "$(cat "$pid")" 2>/dev/null || true
  done
  rm -rf "$D"
}

up() {
  command -v radosgw >/dev/null || {
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends radosgw ceph-mon ceph-osd ceph-mgr ceph-common ceph-base
  }
  down
  mkdir -p "$D"/{mon,osd,log}
  local fsid osd
  fsid=$(cat /proc/sys/kernel/random/uuid)
  osd=$(cat /proc/sys/kernel/random/uuid)
  cat >"$D/ceph.conf" <<CONF
[global]
fsid=$fsid
mon host=[v2:127.0.0.1:13300,v1:127.0.0.1:13301]
mon initial members=a
public addr=127.0.0.1
cluster addr=127.0.0.1
auth cluster required=cephx
auth service required=cephx
auth client required=cephx
osd pool default size=1
osd pool default min size=1
osd pool default pg num=4
osd pool default pgp num=4
osd pool default pg autoscale mode=off
osd crush chooseleaf type=0
mon allow pool size one=true
mon warn on pool no redundancy=false
mon data=$D/mon
mon data avail crit=1
osd data=$D/osd
osd objectstore=memstore
memstore device bytes=2147483648
run dir=$D
log file=$D/log/\$name.log
pid file=$D/\$name.pid
admin socket=$D/\$name.asok
[client]
keyring=$D/client.keyring
[osd]
keyring=$D/osd/keyring
[client.rgw]
keyring=$D/rgw.keyring
rgw frontends=beast endpoint=127.0.0.1:$PORT
rgw dns name=localhost
CONF
  local c=(-c "$D/ceph.conf")
  ceph-authtool --create-keyring "$D/mon.keyring" --gen-key -n mon. --cap mon 'allow *'
  ceph-authtool --create-keyring "$D/client.keyring" --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *'
  ceph-authtool "$D/mon.keyring" --import-keyring "$D/client.keyring"
  monmaptool --create --addv a '[v2:127.0.0.1:13300,v1:127.0.0.1:13301]' --fsid "$fsid" "$D/monmap"
  ceph-mon "${c[@]}" --mkfs -i a --monmap "$D/monmap" --keyring "$D/mon.keyring"
  ceph-mon "${c[@]}" -i a
  timeout 60 ceph "${c[@]}" osd new "$osd"
  timeout 60 ceph "${c[@]}" auth get-or-create osd.0 mon 'allow profile osd' osd 'allow *' mgr 'allow profile osd' -o "$D/osd/keyring"
  ceph-osd "${c[@]}" -i 0 --mkfs --osd-uuid "$osd"
  ceph-osd "${c[@]}" -i 0
  timeout 60 ceph "${c[@]}" auth get-or-create client.rgw mon 'allow *' osd 'allow *' mgr 'allow *' -o "$D/rgw.keyring"
  radosgw "${c[@]}" -n client.rgw
  for _ in $(seq 1 240); do
    curl -sf -o /dev/null "http://127.0.0.1:$PORT/" && break
    sleep 0.5
  done
  # the service, and a worker that may do nothing until a bucket's policy lets it
  for user in service worker; do
    timeout 120 radosgw-admin "${c[@]}" user create --uid="$user" --display-name="$user" --access-key="${user}key" --secret="${user}secret" >/dev/null
  done
}

mkdir -p "$(dirname "$D")"
"$1" >"$D.log" 2>&1 || { tail -5 "$D.log" >&2; exit 1; }
