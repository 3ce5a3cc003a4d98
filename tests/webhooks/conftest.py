"""A receiver for each test that asks for one."""

from collections.abc import Iterator

import pytest

from tests.builders.webhooks import Receiver, receiver


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as found:
        yield found
