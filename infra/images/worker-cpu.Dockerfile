# A worker that computes on the CPU. `docker build -f infra/images/worker-cpu.Dockerfile -t droptune-worker:cpu .`
# `worker SPEC_URI` is one run; without arguments it waits for one on port 9000.
FROM node:20.20.2-bookworm-slim AS build
WORKDIR /app
ENV ONNXRUNTIME_NODE_INSTALL=skip
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY shared shared
COPY functions functions
COPY gpu-worker gpu-worker
COPY test test
COPY infra infra
RUN npm run build
COPY infra/images/prune.sh ./
RUN sh prune.sh worker

FROM node:20.20.2-bookworm-slim
ENV NODE_ENV=production DROPTUNE_HOME=/data DROPTUNE_DEVICE=cpu
RUN install -d -o node -g node /data
COPY --from=build /app/out /app
USER 1000:1000
EXPOSE 9000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9000/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/dist/gpu-worker/main.js"]
CMD ["worker", "--serve"]
