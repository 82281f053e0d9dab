# The service without workers of its own: API, inbox, messages. `docker build -f infra/images/api.Dockerfile -t droptune-api .`
# Where runs are trained is said by DROPTUNE_LAUNCHER (docker, fc).
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
RUN sh prune.sh api

FROM node:20.20.2-bookworm-slim
ENV NODE_ENV=production DROPTUNE_HOME=/data HOST=0.0.0.0 PORT=8787
RUN install -d -o node -g node /data
COPY --from=build /app/out /app
USER 1000:1000
VOLUME /data
EXPOSE 8787
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8787/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/dist/functions/entries/cli.js"]
CMD ["serve"]
