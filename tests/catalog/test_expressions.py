"""Expressions of billable metrics: the grammar and what it means (01 §2.5, §5.13)."""

import time
from decimal import Decimal

import pytest

from lago.catalog.expressions import EvaluationFailed, ExpressionEvent, InvalidExpression, evaluate, parse, result_text


def value(expression, *, code="visits", seconds=1743500000, **properties):
    """What is stored for an event with these properties."""
    return result_text(evaluate(parse(expression), ExpressionEvent(code, seconds, properties)))


def failure(expression, **properties):
    with pytest.raises(EvaluationFailed) as error:
        value(expression, **properties)
    return str(error.value)


@pytest.mark.parametrize("expression, expected", [
    ("round((event.properties.cpu * 2.5 + event.properties.mem) / 3, 2)", "3.7"),
    ("concat(event.properties.zip, '-', event.code)", "120-visits"),
    ("round(-2.5)", "-3.0"),
    ("ceil(-2.5)", "-2.0"),
    ("floor(-2.5)", "-3.0"),
    ("-2 + 3 * -(1 + 1)", "-8.0"),
])
def test_the_examples_of_the_reference(expression, expected):
    assert value(expression, cpu="4", mem=1.1, zip="00120") == expected


@pytest.mark.parametrize("expression, expected", [
    ("1 + 2 * 3", "7.0"),
    ("(1 + 2) * 3", "9.0"),
    ("10 - 4 - 3", "3.0"),
    ("16 / 4 / 2", "2.0"),
    ("2 / 4 * 2", "1.0"),
    ("2--1", "3.0"),
    ("-2 * -3", "6.0"),
    ("- 2", "-2.0"),
    ("0.1 + 0.2", "0.3"),
    ("007", "7.0"),
    ("  round ( 1.5 , 0 )  ", "2.0"),
    ("ROUND(1.25, 1) + Ceil(0.1) + floor(0.9)", "2.3"),
    ("round(12.34, -1)", "10.0"),
    ("round(1.239, 2.9)", "1.24"),
    ("round(-0.5)", "-1.0"),
    ("ceil(12.301, 2)", "12.31"),
    ("ceil(-1234, -2)", "-1200.0"),
    ("floor(-12.301, 2)", "-12.31"),
    ("least(3, -1, 2)", "-1.0"),
    ("GREATEST(3)", "3.0"),
    ("greatest(1, 1.5, round(1.2))", "1.5"),
    ("concat('')", ""),
    ("CONCAT('a', 1.50, -(0.5))", "a1.50-0.5"),
    ("concat('event.code', ' ')", "event.code "),
    ("event.timestamp / 1000", "1743500.0"),
    ("event.code", "visits"),
    ("1 / 8", "0.125"),
    ("1 / 3", "0." + "3" * 100),
    ("2 / 3 * 3", "2." + "0" * 99 + "1"),
])
def test_what_expressions_mean(expression, expected):
    assert value(expression) == expected


@pytest.mark.parametrize("sent, printed", [
    (4, "4"), (1.1, "1.1"), (1e21, "1" + "0" * 21), ("1.50", "1.50"), ("00120", "120"), ("-007.10", "-7.10"),
    ("1e3", "1000"), ("+5", "5"), (".5", "0.5"), ("5.", "5"), ("", ""), (" 5", " 5"), ("1_000", "1_000"),
    ("NaN", "NaN"), ("Infinity", "Infinity"), ("٣", "٣"), (True, "true"), (False, "false"), (None, ""),
    ([1, "x"], '[1,"x"]'), ({"a": {"b": None}}, '{"a":{"b":null}}'),
])
def test_a_property_is_a_decimal_if_it_reads_as_one(sent, printed):
    assert value("concat(event.properties.p)", p=sent) == printed


@pytest.mark.parametrize("sent", ["", " 5", "abc", "1,5", "NaN", "Infinity", "0x10", "1_000", True, None, [], {}])
def test_with_anything_else_nothing_is_computed(sent):
    for expression in ("1 + {}", "{} / 2", "-{}", "round({})", "round(1, {})", "least(1, {})"):
        assert failure(expression.format("event.properties.p"), p=sent) == "Expected a decimal"


@pytest.mark.parametrize("expression, message", [
    ("1 + '2'", "Expected a decimal"),
    ("-'2'", "Expected a decimal"),
    ("event.code * 2", "Expected a decimal"),
    ("event.properties.b", "Variable: b not found"),
    ("event.properties.a + event.properties.b", "Variable: b not found"),
    ("concat(event.properties.B)", "Variable: B not found"),
    ("1 / 0", "Division by zero"),
    ("0 / event.properties.zero", "Division by zero"),
    ("1 / (1 - 1.00)", "Division by zero"),
])
def test_what_has_no_value(expression, message):
    assert failure(expression, a=1, zero="0.0") == message


def test_a_text_of_digits_is_a_text_in_quotes_and_a_number_in_a_property():
    assert value("event.properties.p + 1", p="12") == "13.0"
    assert failure("'12' + 1") == "Expected a decimal"


def test_a_code_is_a_text_whatever_it_looks_like():
    assert failure("event.code + 1", code="12") == "Expected a decimal"


@pytest.mark.parametrize("expression", [
    "", " ", "event.properties.a.b", ".5 + 1", "5.", "1e3", "--1", "-+1", "+1", "1 +", "* 2", "1 2", "(1", "1)", "()",
    "Round(1,2,3)", "ceil(1,2,3)", "floor()", "concat()", "least(1,)", "rOUND(1)", "roundup(1)", "sqrt(4)", "round",
    "event", "event.codes", "event.code.x", "event .code", "event. code", "event.properties", "event.properties.",
    "event.properties.1a", "event.properties._a", "event.properties.a-", "event.properties.é", "event.Code",
    "properties.a", "'a", "'a\"b'", "'a'b'", '"a"', "1\t+ 1", "1\n+ 1", "1 == 1", "1 % 2", "2 ^ 2", "١ + 1", "1 . 5",
    "concat('a' 'b')", "1;2", "__import__('os')", "{}",
])
def test_what_is_no_expression(expression):
    with pytest.raises(InvalidExpression):
        parse(expression)


def test_sums_of_any_number_of_terms_are_no_deep_nesting():
    assert value(" + ".join(["event.properties.a"] * 200), a="0.1") == "20.0"


NESTED = [("ceil(", ")"), ("-(", ")"), ("1+(2*(", "))"), ("concat(1,", ")")]


@pytest.mark.parametrize("opening, closing", NESTED)
def test_nesting_ends_somewhere(opening, closing):
    assert parse(opening * 20 + "1" + closing * 20)
    with pytest.raises(InvalidExpression):
        parse(opening * 500 + "1" + closing * 500)


@pytest.mark.parametrize("expression", ["1" * 5_001, "(" * 100_000, "1+" * 50_000 + "1", "'" + "a" * 10_000_000 + "'"])
def test_what_is_too_long_is_refused_at_once(expression):
    started = time.monotonic()
    with pytest.raises(InvalidExpression):
        parse(expression)
    assert time.monotonic() - started < 1


@pytest.mark.parametrize("expression, sent, message", [
    ("event.properties.p + 1", "1e501", "Expected a decimal"),
    ("event.properties.p + 1", "1e-999999999", "Expected a decimal"),
    ("event.properties.p + 1", "1e" + "9" * 50, "Expected a decimal"),
    ("event.properties.p + 1", "9" * 501, "Expected a decimal"),
    ("event.properties.p + 1", "9" * 1_000_000, "Expected a decimal"),
    (" * ".join(["event.properties.p"] * 200), "9" * 500, "Number out of range"),
    (" * ".join(["event.properties.p"] * 200), "1e500", "Number out of range"),
    (" / ".join(["event.properties.p"] * 200), "1e500", "Number out of range"),
    (" * ".join(["event.properties.p"] * 200), "1e-500", "Number out of range"),
    ("round(event.properties.p, 1001)", "1", "Number of decimals out of range"),
    ("round(1, event.properties.p)", "1e500", "Number of decimals out of range"),
    ("floor(1, -event.properties.p)", "1e500", "Number of decimals out of range"),
    ("concat(" + ", ".join(["event.properties.p"] * 200) + ")", "x" * 1_000_000, "Text too long"),
])
def test_hostile_figures_fail_at_once(expression, sent, message):
    started = time.monotonic()
    assert failure(expression, p=sent) == message
    assert time.monotonic() - started < 1


def test_figures_that_are_only_large_are_exact():
    assert value("event.properties.p * event.properties.p", p="9" * 500) == f"{int('9' * 500) ** 2}.0"
    assert value("round(event.properties.p, 1000)", p="1e-500") == f"{Decimal('1e-500'):f}"
    assert value("round(event.properties.p, -1000)", p="1e500") == "0.0"
