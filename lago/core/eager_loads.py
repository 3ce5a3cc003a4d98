"""Relationships that are loaded along (`lazy="selectin"`) are not read again for records that have them already.

SQLAlchemy asks for them whenever a query meets a record, also one that the session holds with all its parts, and then
throws the answer away. A plan with its charges and a customer with their taxes are met by many queries of one bill.
"""

from typing import Any

from sqlalchemy.orm import RelationshipProperty
from sqlalchemy.orm.strategies import _SelectInLoader


@RelationshipProperty.strategy_for(lazy="selectin")
class LoadWhatIsMissing(_SelectInLoader):
    """The loader of SQLAlchemy, for those records whose relationship it would fill in."""

    __slots__ = ()

    def _load_for_path(self, context: Any, path: Any, states: Any, *rest: Any, **named: Any) -> None:
        missing = [(state, overwrite) for state, overwrite in states if overwrite or self.key not in state.dict]
        if missing:
            super()._load_for_path(context, path, missing, *rest, **named)  # type: ignore[no-untyped-call]
