"""Random expressions against exact fractions, and random texts against the parser (01 §2.5)."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import example, given, settings
from hypothesis import strategies as st

from lago.catalog.expressions import EvaluationFailed, ExpressionEvent, InvalidExpression, evaluate, parse

NAMES = ("a", "b", "c")
decimals = st.decimals(min_value=-10**6, max_value=10**6, places=4)
literals = decimals.filter(lambda number: not number.is_signed()).map(lambda number: (f"{number:f}", Fraction(number)))
properties = st.fixed_dictionaries({name: decimals for name in NAMES})

STEPS = {"+": Fraction.__add__, "-": Fraction.__sub__, "*": Fraction.__mul__}
CHOICES = {"least": min, "greatest": max}


def binary(operands):
    """A tree of two operands that is printed with no more brackets than it needs."""
    return st.tuples(st.sampled_from(sorted(STEPS)), operands, operands)


def trees(values):
    """Trees of names, numbers, `+ - *`, minus and choices."""
    leaves = st.sampled_from(NAMES) | literals
    return st.recursive(leaves, lambda inner: st.one_of(
        binary(inner), st.tuples(st.just("negated"), inner),
        st.tuples(st.sampled_from(sorted(CHOICES)), st.lists(inner, min_size=1, max_size=3)),
    ), max_leaves=values)


def rank(tree):
    """How tightly what it is printed as holds together: sums least, then products, then minus."""
    if isinstance(tree, str) or tree[0] not in (*STEPS, "negated"):
        return 4
    return {"+": 1, "-": 1, "*": 2, "negated": 3}[tree[0]]


def printed(tree, at_least=0):
    text = plainly_printed(tree)
    return text if rank(tree) >= at_least else f"({text})"


def plainly_printed(tree):
    if isinstance(tree, str):
        return f"event.properties.{tree}"
    kind, *parts = tree
    if kind in STEPS:
        return f"{printed(parts[0], rank(tree))} {kind} {printed(parts[1], rank(tree) + 1)}"
    if kind == "negated":
        return f"-{printed(parts[0], 4)}"
    if kind in CHOICES:
        return f"{kind}({', '.join(map(printed, parts[0]))})"
    return kind


def computed(tree, values):
    if isinstance(tree, str):
        return Fraction(values[tree])
    kind, *parts = tree
    if kind in STEPS:
        return STEPS[kind](*(computed(part, values) for part in parts))
    if kind == "negated":
        return -computed(parts[0], values)
    if kind in CHOICES:
        return CHOICES[kind](computed(part, values) for part in parts[0])
    return parts[0]


def evaluated(text, values):
    return evaluate(parse(text), ExpressionEvent("calls", 0, values))


@settings(max_examples=300, deadline=None)
@given(trees(12), properties)
def test_sums_products_and_choices_are_exact_and_bind_as_printed(tree, values):
    sent = {name: f"{number:f}" for name, number in values.items()}
    assert Fraction(evaluated(printed(tree), sent)) == computed(tree, values)


@settings(deadline=None)
@given(decimals, decimals.filter(bool))
def test_a_quotient_has_a_hundred_digits(dividend, divisor):
    exact = Fraction(dividend) / Fraction(divisor)
    error = Fraction(evaluated("event.properties.a / event.properties.b", {"a": str(dividend), "b": str(divisor)}))
    assert abs(error - exact) <= abs(exact) / 10**99 / 2


@settings(deadline=None)
@given(decimals, st.integers(-6, 6))
def test_rounding_is_that_of_whole_numbers_of_units(number, places):
    unit = Fraction(10) ** -places
    count = Fraction(number) / unit
    away = (abs(count) + Fraction(1, 2)).__floor__()
    expected = {"round": away if count >= 0 else -away, "ceil": count.__ceil__(), "floor": count.__floor__()}
    for function, units in expected.items():
        result = evaluated(f"{function}(event.properties.a, {places})", {"a": str(number)})
        assert Fraction(result) == units * unit


fragments = st.sampled_from(
    ["event.code", "event.timestamp", "event.properties.a", "event.properties.b", "round", "CONCAT", "least", "(", ")",
     ",", "+", "-", "*", "/", " ", "'", "'x'", '"', "1", "0", "2.5", ".", "e9", "\n", "é", "event."]
)


@settings(max_examples=500, deadline=None)
@given(
    st.text(max_size=80) | st.lists(fragments, max_size=25).map("".join),
    st.fixed_dictionaries({}, optional={"a": st.none() | st.booleans() | st.floats() | st.text() | decimals.map(str)}),
)
@example("event.properties.a / 0", {"a": 1})
@example("round(event.properties.a, event.properties.a)", {"a": "1e400"})
def test_any_text_has_a_value_or_is_refused(text, sent):
    try:
        result = evaluated(text, sent)
    except (InvalidExpression, EvaluationFailed):
        return
    assert isinstance(result, str) or (isinstance(result, Decimal) and result.is_finite())
