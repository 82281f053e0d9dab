#!/bin/sh
# What an image needs of a built tree, as `out/`: `sh prune.sh api|worker`, where node_modules and dist are.
set -eu
npm prune --omit=dev --ignore-scripts --no-audit --no-fund
mkdir -p out/shared/db out/infra out/gpu-worker/nano
case $1 in
api)
  # the arithmetic is the workers'
  rm -rf node_modules/onnxruntime-node node_modules/onnxruntime-common
  cp -R shared/db/migrations out/shared/db/
  ;;
worker)
  # the database is the service's, and each image has one platform
  rm -rf node_modules/@electric-sql node_modules/drizzle-orm node_modules/postgres node_modules/@alicloud/fc2
  arch=$(node -p process.arch)
  for folder in node_modules/onnxruntime-node/bin/napi-v*/*; do
    [ "$(basename "$folder")" = linux ] || rm -rf "$folder"
  done
  for folder in node_modules/onnxruntime-node/bin/napi-v*/linux/*; do
    [ "$(basename "$folder")" = "$arch" ] || rm -rf "$folder"
  done
  cp -R gpu-worker/torch out/gpu-worker/ 2>/dev/null || true
  rm -rf dist/functions
  ;;
*)
  echo "prune.sh: api or worker, not $1" >&2
  exit 2
  ;;
esac
cp gpu-worker/nano/*.json gpu-worker/nano/*.safetensors out/gpu-worker/nano/
cp infra/prices.json out/infra/
rm -rf dist/test dist/aws dist/aliyun
cp -R dist node_modules package.json out/
