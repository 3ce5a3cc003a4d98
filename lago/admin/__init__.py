"""The pages for people, made with HTMX: one file per section of the menu. Every file registers its own pages."""

import importlib
import pkgutil

from lago.admin.blueprint import blueprint

for module in pkgutil.iter_modules(__path__, f"{__name__}."):
    importlib.import_module(module.name)

__all__ = ["blueprint"]
