# The product in one image: `web` by default, `worker` as the other command. deploy/check-clean-install runs the same
# steps without an engine.
FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml uv.lock README.md LICENSE ./
COPY deploy deploy
COPY src src
RUN deploy/install /src /opt/umschlag

FROM python:3.13-slim
# The forecast's trees are built with OpenMP. No version is pinned: Debian keeps one alone at a time.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 1000 --create-home --home-dir /srv/umschlag umschlag
COPY --from=build /opt/umschlag /opt/umschlag
COPY deploy/start /opt/umschlag/start
ENV PATH="/opt/umschlag/.venv/bin:$PATH" \
    PYTHONUNBUFFERED=1 \
    UMSCHLAG_MODE=production \
    UMSCHLAG_VAR_DIR=/srv/umschlag/var \
    UMSCHLAG_WEB_BIND=0.0.0.0
USER 1000
WORKDIR /srv/umschlag
RUN mkdir -p var
VOLUME /srv/umschlag/var
EXPOSE 8003
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8003/api/health', timeout=4)"]
ENTRYPOINT ["/opt/umschlag/start"]
CMD ["web"]
