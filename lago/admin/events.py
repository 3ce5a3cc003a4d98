"""Live events: what comes in, as it comes in."""

from lago.admin.pages import current_organization, found, numbers, page, show, text, wants_fragment
from lago.catalog.browse import metric_codes
from lago.metering.browse import SHOWN, EventFilter, arrived_since, find_event, newest_events
from lago.metering.schemas import event_object


@page("GET", "/events")
def events() -> object:
    organization = current_organization()
    chosen = EventFilter(code=text("code"), subscription=text("subscription"))
    shown = numbers("shown")
    if shown is not None and wants_fragment():
        return arrivals(chosen, shown)
    newest = newest_events(organization.id, chosen)
    return show(
        "events/list.html",
        "events/_list.html",
        events=newest,
        shown=",".join(str(event.seq) for event in newest),
        chosen=chosen,
        filtered=chosen != EventFilter(),
        paused=text("paused"),
        codes=metric_codes(organization.id),
    )


@page("GET", "/events/<int:seq>")
def event(seq: int) -> str:
    record = found(find_event(current_organization().id, seq), "event")
    return show("events/show.html", event=record, json=event_object(record))


def arrivals(chosen: EventFilter, shown: set[int]) -> object:
    """The rows that are new since the last time; 204, which HTMX takes as "leave everything", without any."""
    fresh = arrived_since(current_organization().id, chosen, shown)
    if not fresh:
        return "", 204
    newest = sorted(shown | {event.seq for event in fresh}, reverse=True)[:SHOWN]
    return show("events/_rows.html", "events/_rows.html", events=fresh, fresh=True, shown=",".join(map(str, newest)))
