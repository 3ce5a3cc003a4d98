"""The first steps of a new organization tick themselves, and their lines send an event that counts."""

import json
import re
import shlex
from html import unescape

from tests.builders.catalog import a_sum_metric
from tests.builders.stories import customer, plan, subscribe


def made(page):
    return re.search(r"(\d) of 6 done", page)[1]


def test_the_list_ticks_itself_and_gives_lines_that_work(ada, owner):
    page = ada.get("/").text
    assert (made(page), "billable_metrics/new" in page) == ("0", True)
    a_sum_metric(owner, "it's \"odd\"")
    plan(owner)
    customer(owner)
    subscribe(owner)
    assert ada.get("/checklist?made=4", htmx=True, expect=204).text == ""
    part = ada.get("/checklist?made=0", htmx=True).text
    assert made(part) == "4"
    curl = shlex.split(unescape(re.search(r'id="first-event-curl"[^>]*>(.*?)</pre>', part, re.S)[1]))
    body = json.loads(curl[curl.index("-d") + 1])
    assert body["event"]["external_subscription_id"] == "acme"
    assert owner.post("/events", body)["event"]["code"] == "it's \"odd\""
    python = unescape(re.search(r'id="first-event-python"[^>]*>(.*?)</pre>', part, re.S)[1])
    compile(python, "line", "exec")
    assert made(ada.get("/checklist?made=4", htmx=True).text) == "5"


def test_it_can_be_put_away(ada, count_queries):
    ada.post("/checklist/hide")
    assert "checklist" not in ada.get("/").text
