# One image for every process of Aiqyn: `aiqyn serve`, `aiqyn worker`, `aiqyn db upgrade`, `aiqyn topics create`.
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
COPY requirements.lock pyproject.toml README.md LICENSE ./
RUN python -m venv /opt/aiqyn \
 && /opt/aiqyn/bin/pip install --no-cache-dir --require-hashes --no-deps --only-binary :all: -r requirements.lock
COPY schemas schemas
COPY rules rules
COPY streams streams
COPY services services
RUN /opt/aiqyn/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /var/lib/aiqyn --create-home aiqyn
COPY --from=build /opt/aiqyn /opt/aiqyn
ENV PATH=/opt/aiqyn/bin:$PATH PYTHONUNBUFFERED=1 \
    AIQYN_KEYS_DIR=/var/lib/aiqyn/keys AIQYN_STATE_DIR=/var/lib/aiqyn/state AIQYN_LOG_FORMAT=json
WORKDIR /var/lib/aiqyn
USER aiqyn
ENTRYPOINT ["aiqyn"]
CMD ["serve"]
