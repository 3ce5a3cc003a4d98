"""Groups of events as they are shown: by the texts of their keys, in their order (01 §3.4)."""

from collections.abc import Iterable

from lago.metering.store import Group, Keys


def named(group_keys: Iterable[str], texts: Keys) -> dict[str, str | None]:
    """Texts by their keys; blank ones are None."""
    pairs = zip(group_keys, texts, strict=True)
    return {key: text if text and text.strip() else None for key, text in pairs}


def in_order(groups: Iterable[Group]) -> list[Group]:
    """By the texts of the keys, missing ones last."""
    return sorted(groups, key=lambda group: [(text is None, text or "") for text in group.keys])
