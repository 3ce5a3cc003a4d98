"""`flask --app app …`, and what a start has to do before anything is served."""

import click
from flask import Flask
from flask_migrate import upgrade

from lago.core import config
from lago.core.db import transaction
from lago.organizations.create import create_organization, invite
from lago.organizations.first import Credentials, prepare_first_organization


def prepare(app: Flask) -> Credentials | None:
    """Brings the database up to date and makes the first organization; what was made, to be shown once."""
    with app.app_context():
        upgrade()
        with transaction():
            return prepare_first_organization(config.settings())


def register(app: Flask) -> None:
    """Adds the commands to `flask`."""

    @app.cli.command("create-organization")
    @click.argument("name")
    @click.option("--email", required=True, help="who is invited as its administrator")
    @click.option("--sandbox", is_flag=True, help="give it a clock of its own")
    def create(name: str, email: str, sandbox: bool) -> None:
        """Makes an organization and shows its API key and the link of the invitation."""
        with transaction():
            created = create_organization(name, sandbox=sandbox, email=email)
            invitation = invite(created.organization, email, ["admin"])
        click.echo(f"organization {created.organization.id}\nAPI key      {created.api_key}")
        click.echo(f"invitation   {config.settings().front_url}/invitation/{invitation.token}")
