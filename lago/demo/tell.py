"""The demo from its first to its last day."""

from datetime import date

from werkzeug.test import Client

from lago.demo import company, invoice_deeds, report_usage  # noqa: F401  (their deeds)
from lago.demo.calls import Calls
from lago.demo.deeds import DEEDS, World
from lago.demo.documents import ask_for_documents, without_documents
from lago.demo.months import moment, months_before
from lago.demo.organization import Stage, open_stage
from lago.demo.progress import Progress
from lago.demo.set_up import set_up
from lago.demo.story import Step, steps


def tell(client: Client, today: date, *, months: int = company.MONTHS) -> Stage:
    """Makes the organization and has so many months go by for it, which end about `today`.

    Raises DemoFailed where the API refuses something. What was made until then stays.
    """
    first = months_before(today, months)
    plot, stage = steps(first, months), open_stage()
    buyers = {buyer.external_id: buyer for buyer in company.buyers()}
    with without_documents():
        _go_through(World(Calls(client, stage.api_key), buyers, moment(first, 0, 1)), plot)
    ask_for_documents(stage.organization_id)
    return stage


def _go_through(world: World, plot: list[Step]) -> None:
    world.move_to(world.now)
    set_up(world.calls)
    progress = Progress(len(plot))
    for step in plot:
        if step.at > world.now:
            world.move_to(step.at)
        DEEDS[step.do](world, **step.arguments)
        progress.step(f"{step.at:%-d %B %Y}")
    world.move_to(world.now)
    progress.end()
