"""Pages of lists (06 §2.3)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from lago.core.db import db

DEFAULT_PER_PAGE = 100
_UNREADABLE_PER_PAGE = 25
_LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Page:
    """One page of rows, and where it stands among the others."""

    items: list[Any]
    number: int
    per_page: int
    total_count: int

    @property
    def total_pages(self) -> int:
        return -(-self.total_count // self.per_page)

    @property
    def meta(self) -> dict[str, int | None]:
        """The `meta` object; without any record `current_page` is 0."""
        if not self.total_count:
            return {"current_page": 0, "next_page": None, "prev_page": None, "total_pages": 0, "total_count": 0}
        return {
            "current_page": self.number,
            "next_page": self.number + 1 if self.number < self.total_pages else None,
            "prev_page": self.number - 1 if self.number > 1 else None,
            "total_pages": self.total_pages,
            "total_count": self.total_count,
        }


def paginate(query: Select[Any], page: str | None = None, per_page: str | None = None) -> Page:
    """The page of `query` that the texts of a URL ask for: unreadable ones count as the contract says."""
    number, size = _page_number(page), _page_size(per_page)
    total = count(query)
    offset = (number - 1) * size
    rows = db.session.scalars(query.limit(size).offset(offset)).unique().all() if offset < total else []
    return Page(list(rows), number, size, total)


def count(query: Select[Any]) -> int:
    """How many rows a query has."""
    return db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def _page_number(text: str | None) -> int:
    number = _whole(text)
    return min(number, _LARGEST) if number and number > 0 else 1


def _page_size(text: str | None) -> int:
    if text is None or _whole(text) == 0:
        return DEFAULT_PER_PAGE
    number = _whole(text)
    return min(number, _LARGEST) if number and number > 0 else _UNREADABLE_PER_PAGE


def _whole(text: str | None) -> int | None:
    try:
        return int(text[:30]) if text else None
    except ValueError:
        return None
