"""Imports every module that registers something by name: endpoints, jobs, kinds of due work."""

import importlib
import pkgutil

import lago
from lago.core import due, outbox  # noqa: F401  (their tables and jobs)

_REGISTERING = ("models", "jobs", "due")


def load() -> None:
    """Loads `models`, `jobs` and `due` of each slice, and all files of `lago/api`."""
    for package in pkgutil.iter_modules(lago.__path__, "lago."):
        if package.ispkg and package.name not in ("lago.core", "lago.pricing"):
            _load_package(package.name)


def _load_package(name: str) -> None:
    package = importlib.import_module(name)
    for module in pkgutil.iter_modules(package.__path__):
        if name == "lago.api" or module.name in _REGISTERING:
            importlib.import_module(f"{name}.{module.name}")
