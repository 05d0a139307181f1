# One image for all roles; the command chooses which. Debian, not Alpine: the Temporal SDK's native
# part needs glibc.
ARG NODE_TAG=24-bookworm-slim

FROM node:${NODE_TAG} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build

FROM node:${NODE_TAG} AS modules
WORKDIR /app
COPY package.json package-lock.json ./
# The SDK comes with its native part for five platforms; four of them are 109 MB of nothing.
RUN npm ci --omit=dev \
    && wanted="$(node -p "require('@temporalio/core-bridge/common').getPrebuiltTargetName()")" \
    && find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 \
    ! -name "$wanted" -exec rm -rf {} +

FROM node:${NODE_TAG}
# TLS to Temporal Cloud needs the system's certificates, which the slim image leaves out.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production
WORKDIR /app
COPY package.json ./
COPY --from=modules /app/node_modules node_modules
COPY --from=build /app/dist dist
USER node
CMD ["node", "--enable-source-maps", "dist/api/main.js"]
