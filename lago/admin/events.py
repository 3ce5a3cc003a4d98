"""Events: what comes in, as it comes in, and what each of them counted for."""

from lago.admin.event_story import story_of
from lago.admin.pages import current_organization, found, instant, numbers, page, show, text, wants_fragment
from lago.catalog.browse import metric_codes
from lago.metering.browse import SHOWN, EventFilter, arrived_since, find_event, newest_events
from lago.metering.schemas import event_object


@page("GET", "/events", needs="events:view")
def events() -> object:
    organization, chosen = current_organization(), chosen_filter()
    before = max(numbers("before") or (), default=None)
    shown = numbers("shown")
    if shown is not None and wants_fragment():
        return arrivals(chosen, shown)
    newest = newest_events(organization.id, chosen, before=before)
    return show(
        "events/list.html",
        "events/_list.html",
        events=newest,
        shown=",".join(str(event.seq) for event in newest),
        chosen=chosen,
        filtered=chosen != EventFilter(),
        before=before,
        full=len(newest) == SHOWN,
        by_time=chosen.of_a_time,
        live=not chosen.of_a_time and before is None,
        paused=text("paused"),
        codes=metric_codes(organization.id),
    )


@page("GET", "/events/<int:seq>", needs="events:view")
def event(seq: int) -> str:
    record = found(find_event(current_organization().id, seq), "event")
    return show("events/show.html", event=record, json=event_object(record), story=story_of(record))


def chosen_filter() -> EventFilter:
    return EventFilter(
        code=text("code"),
        subscription=text("subscription"),
        transaction=text("transaction"),
        since=instant("from"),
        until=instant("to"),
    )


def arrivals(chosen: EventFilter, shown: set[int]) -> object:
    """The rows that are new since the last time; 204, which HTMX takes as "leave everything", without any."""
    fresh = arrived_since(current_organization().id, chosen, shown)
    if not fresh:
        return "", 204
    newest = sorted(shown | {event.seq for event in fresh}, reverse=True)[:SHOWN]
    return show(
        "events/_rows.html", "events/_rows.html", events=fresh, fresh=True, live=True,
        shown=",".join(map(str, newest)),
    )
