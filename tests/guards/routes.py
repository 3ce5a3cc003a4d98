"""The routes of the application, as tests go through them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

API = "/api/v1/"

OPEN = {
    "/health", "/ready", "/metrics", "/documents/<token>", "/logos/<uuid:entity_id>", "/static/<path:filename>",
    "/assets/<digest>/<name>", "/sign_in", "/sign_out", "/invitation/<segment:token>",
    "/sign_up", "/forgot_password", "/reset_password/<segment:token>",
}
"""What anyone may ask for: probes, signed links, files of the pages, and the doors themselves."""


@dataclass(frozen=True)
class Route:
    """One verb of one path."""

    method: str
    rule: Rule

    @property
    def name(self) -> str:
        return f"{self.method} {self.rule.rule}"

    @property
    def resource(self) -> str:
        """The first segment of an API path."""
        return self.rule.rule.removeprefix(API).split("/")[0]

    def path(self, app: Flask, names: dict[str, Any]) -> str:
        """The path with its parameters filled in; `names` may have more."""
        own = {name: names[name] for name in self.rule.arguments}
        with app.test_request_context():
            return str(app.url_map.bind("localhost").build(self.rule.endpoint, own, method=self.method))


def routes(app: Flask) -> Iterator[Route]:
    """Every route that is not open to all."""
    for rule in app.url_map.iter_rules():
        if rule.rule not in OPEN:
            yield from (Route(method, rule) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))


def api_routes(app: Flask) -> list[Route]:
    return [route for route in routes(app) if route.rule.rule.startswith(API)]


def pages(app: Flask) -> list[Route]:
    """The pages behind the sign-in."""
    return [route for route in routes(app) if route.rule.endpoint.startswith("admin.")]


def sample(route: Route) -> dict[str, Any]:
    """Some value of the right type for each parameter."""
    kinds = {"IntegerConverter": 1, "UUIDConverter": "0199a1b2-0000-7000-8000-000000000000"}
    converters = route.rule._converters
    return {name: kinds.get(type(converter).__name__, "x") for name, converter in converters.items()}
