# The dashboard and the loader; PostGIS is a service of its own in docker-compose.yml.
FROM python:3.11-slim-bookworm
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONUNBUFFERED=1
# The fonts of printed maps: Latin and Chinese.
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends fonts-dejavu-core fonts-droid-fallback \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /onemap
COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE onemap.py ./
COPY layers layers
COPY etl etl
COPY dashboard dashboard
COPY simulate simulate
COPY commands commands
COPY data data
RUN pip install --no-build-isolation --no-deps -e . \
    && useradd --create-home onemap && mkdir /var/lib/onemap && chown onemap /var/lib/onemap
USER onemap
ENV ONEMAP_HOST=0.0.0.0 ONEMAP_DATA_DIR=/var/lib/onemap
EXPOSE 8050
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8050/healthz', timeout=4)"]
CMD ["onemap", "serve"]
