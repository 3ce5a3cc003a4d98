"""Puts the application together. Nobody imports this but entry points and tests."""

from pathlib import Path

import orjson
from flask import Flask
from flask_migrate import Migrate

from lago import admin, commands, slices
from lago.api import admin_organizations, documents, errors, operations, request_log
from lago.api.paths import CodeConverter, IntegerConverter, KeepEncodedSlashes, SegmentConverter
from lago.api.routes import api
from lago.core import config, crypto, jobs
from lago.core.db import db
from lago.core.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
MAX_BODY_BYTES = 10 * 1024 * 1024

migrate = Migrate(directory=str(ROOT / "migrations"))


def create_app(settings: Settings) -> Flask:
    """The Flask application on the stores that the settings name, with every slice's jobs and due work registered."""
    config.use(settings)
    crypto.use_encryption_key(settings.encryption_key)
    jobs.use_redis(settings.redis_url or "")
    app = Flask("lago", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    _configure(app, settings)
    db.init_app(app)
    migrate.init_app(app, db)
    slices.load()
    request_log.install(app)
    for blueprint in _BLUEPRINTS:
        app.register_blueprint(blueprint)
    commands.register(app)
    errors.install(app, page=admin.errors.page_for_people)
    app.wsgi_app = KeepEncodedSlashes(app.wsgi_app)  # type: ignore[method-assign,assignment]
    return app


_BLUEPRINTS = (
    api, operations.blueprint, documents.blueprint, admin_organizations.blueprint, admin.blueprint,
)


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={
            "pool_size": 8, "max_overflow": 8,
            "json_deserializer": orjson.loads,  # like the API's: no number is more than a double or 64 bits
            "hide_parameters": True,  # of statements that fail: they would end up in the log
        },
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_BODY_BYTES,  # the form of a plan has all of its filters
        PROVIDE_AUTOMATIC_OPTIONS=False,  # a known path with another verb is no path (00 §5)
    )
    app.url_map.converters.update(segment=SegmentConverter, code=CodeConverter, int=IntegerConverter)
    app.url_map.merge_slashes = False
