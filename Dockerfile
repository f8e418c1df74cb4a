# One image for web, worker and beat; docker-compose.yml says which part a container plays.
FROM python:3.12-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN useradd --uid 10001 --create-home --home-dir /home/jishi jishi \
    && mkdir /data && chown jishi:jishi /data

WORKDIR /app
COPY requirements.txt .
RUN pip install --require-hashes --only-binary :all: -r requirements.txt

COPY . .
# Static files and translations belong to the image, uploads to the volume /data. The key below is used for nothing but this step.
ENV DATA_DIR=/data STATIC_ROOT=/app/.collected/static BIND=0.0.0.0 PORT=8000 LOG_FORMAT=json
RUN SECRET_KEY=only-for-building python manage.py prepare --files-only

USER jishi
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=8s --start-period=40s CMD ["python", "-m", "shop.probe"]
CMD ["gunicorn", "shop.wsgi", "-c", "python:shop.web_server"]
