# One image for server, worker and migrations; the command tells them apart.

FROM node:22-slim AS screens
WORKDIR /app/frontend
COPY frontend ./
RUN npm ci --no-audit --no-fund && npm run build

FROM python:3.13-slim AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 UV_NO_CACHE=1 UV_COMPILE_BYTECODE=1
WORKDIR /app
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH VIRTUAL_ENV=/opt/venv
COPY requirements ./requirements
RUN pip install --quiet --require-hashes -r requirements/build.lock \
 && uv pip install --quiet --require-hashes -r requirements/runtime.lock
COPY pyproject.toml LICENSE ./
COPY backend ./backend
# Editable: the code stays in /app, beside the built screens, as in a checkout.
RUN uv pip install --quiet --no-deps --no-build-isolation --editable . \
 && pip uninstall --quiet --yes uv flit_core

FROM python:3.13-slim
RUN useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin crossdock \
 && install --directory --owner crossdock --mode 0750 /data
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY --from=packages /app ./
COPY --from=screens /app/backend/static ./backend/static
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    CROSSDOCK_DATA_DIR=/data \
    CROSSDOCK_HOST=0.0.0.0 \
    CROSSDOCK_PORT=8000 \
    CROSSDOCK_LOG_FORMAT=json
USER crossdock
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"CROSSDOCK_PORT\"]}/readyz', timeout=2)"]
ENTRYPOINT ["crossdock"]
CMD ["serve"]
