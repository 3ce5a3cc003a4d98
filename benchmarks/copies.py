"""Many rows from one."""

from typing import Any

import psycopg


def copy_rows(connection: psycopg.Connection[Any], table: str, number: int, like: str, **changed: str) -> None:
    """`number` copies of the one row of the table that meets the condition `like`, with the given expressions in place
    of its values; n counts them."""
    names = [row[0] for row in connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name NOT IN ('id', 'seq')",
        (table,),
    )]
    values = ", ".join(changed.get(name, name) for name in names)
    connection.execute(
        f"INSERT INTO {table} (id, {', '.join(names)}) SELECT gen_random_uuid(), {values} "  # type: ignore[arg-type]
        f"FROM {table}, generate_series(1, {number}) n WHERE {like}"
    )
