"""What is asked for by name exists, and what exists is asked for (design §2)."""

import ast

from lago.admin.attention import WORDS
from lago.core.jobs import JOBS
from lago.webhooks.activities import ACTIVITIES
from lago.webhooks.catalog import MESSAGES
from lago.webhooks.event_types import EVENT_TYPES
from tests.guards.sources import calls, read, sources

BY_STATEMENT = {"due.catch_up"}
"""Jobs that one SQL statement puts in the outbox for many customers at once."""

NOT_OF_THE_OUTBOX = ("lago/core/jobs.py",)
"""The bell asks RQ, not the outbox."""


def names(found, function):
    """The names given to calls of `function`, and the places where one is not spelled out."""
    spelled, places = set(), []
    for source in found:
        for call in calls(source.tree, function):
            literals = {node.value for node in ast.walk(call.args[0]) if isinstance(node, ast.Constant)}
            spelled |= literals
            if not literals and source.path != "lago/core/outbox.py":
                places += source.places(iter([call]))
    return spelled, places


def test_every_announcement_is_in_the_catalog_and_the_reverse(app):
    assert names(sources(), "announce") == ({*MESSAGES, *ACTIVITIES}, [])


def test_every_message_can_be_chosen(app):
    assert set(MESSAGES) <= EVENT_TYPES


def test_what_is_for_the_log_alone_cannot_be_chosen(app):
    assert (set(ACTIVITIES) - set(MESSAGES)) & EVENT_TYPES == set()


def test_every_job_is_asked_for_and_the_reverse(app):
    inside = [source for source in sources() if source.path not in NOT_OF_THE_OUTBOX]
    asked, unclear = names(inside, "enqueue")
    asked_once, unclear_too = names(inside, "enqueue_once")
    assert (asked | asked_once | BY_STATEMENT, unclear + unclear_too) == (set(JOBS), [])


def test_every_job_has_words_for_people(app):
    assert set(JOBS) - set(WORDS) == set()


def test_a_name_is_seen_and_one_that_is_not_spelled_out_too():
    text = "announce('a.b', x)\nannounce('c.d' if x else 'e.f', y)\noutbox.announce(kind, x)\n"
    assert names([read("x.py", text)], "announce") == ({"a.b", "c.d", "e.f"}, ["x.py:3"])
