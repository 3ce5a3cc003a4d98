"""Two people in front of their browsers, and one who has not signed in."""

from typing import Any

import pytest
from flask import Flask

from tests.admin.visitor import Visitor, a_visitor
from tests.builders.organizations import Account


@pytest.fixture
def ada(app: Flask, owner: Account) -> Visitor:
    """The owner, signed in."""
    return a_visitor(app, owner.organization, "ada@example.com")


@pytest.fixture
def stranger(app: Flask, outsider: Account) -> Visitor:
    """Someone of another organization, signed in there."""
    return a_visitor(app, outsider.organization, "stranger@example.com")


@pytest.fixture
def anonymous(app: Flask, client: Any) -> Visitor:
    """Nobody in particular."""
    return Visitor(app.test_client())


@pytest.fixture
def sara(app: Flask, sandbox: Account) -> Visitor:
    """The owner of an organization whose clock can be moved, signed in."""
    return a_visitor(app, sandbox.organization, "sara@example.com")
