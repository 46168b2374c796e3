# The locked packages are installed apart, so that the image holds neither pip's cache nor a compiler.
FROM python:3.11-slim-bookworm AS packages
COPY requirements.txt /tmp/
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/requirements.txt
# Optional ones, such as django-storages[s3] for documents in a bucket (docs/operations.md).
ARG EXTRA_PACKAGES=
RUN test -z "$EXTRA_PACKAGES" || /venv/bin/pip install --no-cache-dir --disable-pip-version-check "$EXTRA_PACKAGES"

FROM python:3.11-slim-bookworm
# What WeasyPrint loads at run time; without a Chinese font it would print empty boxes.
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin hotline \
    && install --directory --owner hotline --mode 750 /data /backups
COPY --from=packages /venv /venv
COPY . /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production \
    DATA_DIR=/data \
    XDG_CACHE_HOME=/tmp/.cache
USER hotline
VOLUME ["/data", "/backups"]
EXPOSE 8000
# Of the web process; the worker and beat have their own in docker-compose.yml.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["python", "deploy/healthcheck.py"]
CMD ["gunicorn", "config.wsgi:application", "--config=python:config.server", "--bind=0.0.0.0:8000", \
    "--worker-tmp-dir=/dev/shm"]
