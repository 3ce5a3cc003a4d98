# One container with everything in it: PostgreSQL and Valkey come from their wheels. With DATABASE_URL and REDIS_URL
# it uses those instead, and `web`, `worker` or `scheduler` as its argument runs that role alone.
FROM python:3.11-slim

RUN apt-get update \
    && apt-get install -y --no-install-recommends tini \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home --shell /usr/sbin/nologin lago

WORKDIR /srv/lago
COPY requirements.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check -r requirements.txt

COPY app.py ./
COPY lago lago
COPY migrations migrations
COPY templates templates
COPY static static
RUN python -m compileall -q app.py lago \
    && install -d -o lago -g lago /var/lib/lago

ENV HOST=0.0.0.0 \
    PORT=3000 \
    LAGO_DATA_DIR=/var/lib/lago \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER lago
VOLUME /var/lib/lago
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/health', timeout=4)"]

# tini passes signals on and buries processes whose parent was killed.
ENTRYPOINT ["tini", "--", "python", "app.py"]
