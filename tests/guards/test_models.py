"""Tables: whose rows they hold, which way they point, and that migrations make them."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from lago.core.db import Base, db
from tests.guards.sources import ROOT, height

ABOVE_ORGANIZATIONS = {"organizations", "users", "password_resets"}


def tables_without_owner(metadata):
    """Tables that don't say whose rows they hold. One that only links rows which do is as good."""
    return {
        table.name for table in metadata.tables.values()
        if "organization_id" not in table.columns and not _only_links(table)
    }


def _only_links(table):
    return all(
        any("organization_id" in key.column.table.columns for key in column.foreign_keys) for column in table.columns
    )


def points_up(module, target):
    """Whether a table of one module would know one of a higher slice."""
    return height(target) > height(module)


def differences(connection, metadata):
    """What a migration would have to change to make the database what the models say."""
    options = {"compare_type": True, "compare_server_default": True}
    return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)


def is_linear(directory):
    """Whether each revision follows one other, in the order of their numbers."""
    script = ScriptDirectory(str(directory))
    revisions = [revision for revision in script.walk_revisions()][::-1]
    follows = [(revision.down_revision, revision.is_branch_point) for revision in revisions]
    expected = [(before, False) for before in [None, *(revision.revision for revision in revisions[:-1])]]
    numbers = [revision.revision for revision in revisions]
    return follows == expected and numbers == sorted(numbers) and len(script.get_heads()) == 1


def test_every_table_says_whose_its_rows_are(app):
    assert tables_without_owner(Base.metadata) == ABOVE_ORGANIZATIONS


def test_a_table_without_owner_is_seen():
    metadata = sa.MetaData()
    sa.Table("notes", metadata, sa.Column("id", sa.Integer))
    assert tables_without_owner(metadata) == {"notes"}


def test_relationships_point_down(app):
    pairs = [
        (mapper.class_, relation.key, relation.mapper.class_)
        for mapper in Base.registry.mappers for relation in mapper.relationships
    ]
    assert pairs
    assert [pair for pair in pairs if points_up(pair[0].__module__, pair[2].__module__)] == []


def test_a_relationship_up_is_seen():
    assert points_up("lago.catalog.models", "lago.invoicing.models")
    assert not points_up("lago.invoicing.models", "lago.catalog.models")


def test_the_migrated_database_is_what_the_models_say(context):
    assert differences(db.session.connection(), Base.metadata) == []


def test_a_missing_column_is_seen(context):
    db.session.execute(sa.text("ALTER TABLE webhook_attempts DROP COLUMN error"))
    [difference] = differences(db.session.connection(), Base.metadata)
    assert (difference[0], difference[2], difference[3].name) == ("add_column", "webhook_attempts", "error")


def test_migrations_stand_in_one_line():
    assert is_linear(ROOT / "migrations")


@pytest.mark.parametrize("parents, linear", [((None, "0001"), True), ((None, "0001", "0001"), False)])
def test_two_migrations_after_one_are_seen(tmp_path: Path, parents, linear):
    (tmp_path / "versions").mkdir()
    for number, parent in enumerate(parents, 1):
        text = f"revision = '{number:04}'\ndown_revision = {parent!r}\n"
        (tmp_path / "versions" / f"{number:04}_x.py").write_text(text)
    assert is_linear(tmp_path) is linear
