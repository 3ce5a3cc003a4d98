"""`flask --app app …`, and what a start has to do before anything is served."""

import click
from flask import Flask
from flask_migrate import upgrade

from lago.core import config
from lago.core.db import transaction
from lago.organizations.create import create_organization, invite
from lago.organizations.first import Credentials, prepare_first_organization
from lago.organizations.members import find_user
from lago.organizations.password_resets import reset_url


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

    @app.cli.command("reset-password-link")
    @click.argument("email")
    def reset(email: str) -> None:
        """Shows a link by which the user chooses a new password: where no mail is set up."""
        with transaction():
            user = find_user(email)
            url = reset_url(user) if user else None
        if url is None:
            raise click.ClickException(f"no user has the address {email}")
        click.echo(f"{url}\ngood for 30 minutes, and once")
