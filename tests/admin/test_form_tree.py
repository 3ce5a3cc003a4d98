"""Forms with rows inside of rows: from names to a tree and back (lago.admin.form_tree)."""

import pytest
from werkzeug.datastructures import MultiDict

from lago.admin.form_tree import at, changed, chosen_of, fields_under, part_of, read_tree, rows_of, text_of
from lago.admin.plan_money import NO_AMOUNT, cents_of, typed_amount

FIELDS = [
    ("name", "x"), ("rows.0.name", "a"), ("rows.10.name", "c"), ("rows.9.name", "b"), ("rows.0.parts.0.chosen[]", "1"),
    ("rows.0.parts.0.chosen[]", "2"), ("tags[]", "t"),
]
TREE = {
    "name": "x", "tags": ["t"],
    "rows": [{"name": "a", "parts": [{"chosen": ["1", "2"]}]}, {"name": "b"}, {"name": "c"}],
}


def test_names_become_rows_in_the_order_of_their_numbers():
    assert read_tree(MultiDict(FIELDS)) == TREE


def test_and_rows_become_names():
    sent = [field for name, part in TREE.items() for field in fields_under(name, part)]
    assert read_tree(MultiDict(sent)) == TREE


def test_texts_lose_nuls_and_carriage_returns():
    assert read_tree(MultiDict([("a", "x\0\r\ny")])) == {"a": "x\ny"}


@pytest.mark.parametrize("fields", [
    [("a", "1"), ("a.b", "2")], [("a.b", "2"), ("a", "1")], [("", "1"), (".", "2"), ("a..b", "3"), ("[]", "4")],
    [("a.0", "text"), ("a.1.b", "row")], [("a.9999999.b", "far")],
])
def test_names_that_fit_no_tree_break_nothing(fields):
    tree = read_tree(MultiDict(fields))
    for change in ("add:a", "remove:a.0", "add:a.0.b", "add:.", "remove:."):
        changed(tree, change)
    assert isinstance(rows_of(tree, "a"), list) and isinstance(part_of(tree, "a"), dict)
    assert isinstance(text_of(tree, "a"), str) and isinstance(chosen_of(tree, "a"), list)


def test_rows_come_and_go_at_their_path():
    assert len(at(changed(TREE, "add:rows.0.parts"), "rows.0.parts")) == 2
    assert at(changed(TREE, "add:rows.1.parts"), "rows.1.parts") == [{}]
    assert [row["name"] for row in changed(TREE, "remove:rows.1")["rows"]] == ["a", "c"]
    assert changed(TREE, "remove:rows.3") == changed(TREE, "nonsense") == TREE


@pytest.mark.parametrize("text, currency, cents", [
    ("99.50", "EUR", 9950), ("99.5", "EUR", 9950), ("0.001", "KWD", 1), ("7", "JPY", 7), ("-1.2", "USD", -120),
    ("0.2", "MRO", 1), ("0.10", "CLF", 1000), ("1.000", "EUR", 100),
])
def test_an_amount_is_typed_in_the_units_of_its_currency(text, currency, cents):
    assert cents_of(text, currency) == cents
    assert cents_of(typed_amount(cents, currency), currency) == cents


@pytest.mark.parametrize("text, currency", [
    ("", "EUR"), ("1,50", "EUR"), ("1 000", "EUR"), ("1e3", "EUR"), ("0.001", "EUR"), ("0.5", "JPY"), ("0.1", "MRO"),
    ("٣", "EUR"), ("+1", "EUR"), (".5", "EUR"),
])
def test_what_is_no_amount_of_the_currency(text, currency):
    assert cents_of(text, currency) == NO_AMOUNT
