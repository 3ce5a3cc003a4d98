"""Notes that a client has on wallet transactions: a list of pairs, `[{"key", "value"}]` (05 §1.3, §1.8)."""

LONGEST_KEY = 20
LONGEST_VALUE = 100


def transaction_metadata_problem(sent: object, most: int) -> str | None:
    """The code of what is wrong with the list, the last one found; None if nothing is. `most`: how many pairs it may
    have. What is null or empty is no metadata."""
    if not sent:
        return None
    if not isinstance(sent, list):
        return "invalid_type"
    found = "too_many_keys" if len(sent) > most else None
    for pair in sent:
        found = _pair_problem(pair) or found
    return found


def _pair_problem(pair: object) -> str | None:
    if not isinstance(pair, dict) or set(pair) != {"key", "value"}:
        return "invalid_key_value_pair"
    key, value = pair["key"], pair["value"]
    if isinstance(value, dict | list):
        return "nested_structure_not_allowed"
    if not isinstance(key, str) or not key or value is None:
        return "invalid_key_value_pair"
    if len(str(value)) > LONGEST_VALUE:
        return "value_too_long"
    return "key_too_long" if len(key) > LONGEST_KEY else None
