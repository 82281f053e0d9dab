# A worker that computes on NVIDIA's cards (linux/amd64), by ONNX Runtime's CUDA provider for CUDA 12 and cuDNN 9.
# `docker build -f infra/images/worker-cuda.Dockerfile -t droptune-worker:cuda .`
# `worker SPEC_URI` is one run; without arguments it waits for one on port 9000.
FROM node:20.20.2-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# the provider is no part of the package: its own script fetches it
RUN npm ci --ignore-scripts --no-audit --no-fund && \
  node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12
COPY tsconfig.json ./
COPY shared shared
COPY functions functions
COPY gpu-worker gpu-worker
COPY test test
COPY infra infra
RUN npm run build
COPY infra/images/prune.sh ./
RUN sh prune.sh worker

FROM nvidia/cuda:12.6.3-cudnn-runtime-ubuntu22.04
ENV NODE_ENV=production DROPTUNE_HOME=/data DROPTUNE_DEVICE=cuda
COPY --from=build /usr/local/bin/node /usr/local/bin/node
RUN useradd --uid 1000 --create-home node && install -d -o node -g node /data
COPY --from=build /app/out /app
USER 1000:1000
EXPOSE 9000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9000/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/dist/gpu-worker/main.js"]
CMD ["worker", "--serve"]
