"""What is costly to make is made once in a worker: later tests get the same rows back, and objects read anew from them.

A course of ten pages takes two seconds, and a hundred and fifty tests begin with one. The first test that asks makes
it by the same actions as always; what then stands in the database that did not stand there before is kept as rows,
and put back for the next test as rows. Only for what begins on the same ground each time.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model

Rows = dict[str, list[Any]]


@dataclass
class Kept:
    """What was made, the rows that came (`new`), and the ids of those that were other before (`changed`)."""

    made: Any
    new: dict[str, list[Any]]
    changed: dict[str, list[Any]]


KEPT: dict[tuple[str, int], Kept] = {}
GROUND = (
    "django_content_type",
    "wagtailcore_locale",
    "wagtailcore_collection",
    "wagtailcore_page",
    "wagtailsearch_indexentry",
    "auth_group",
)


def kept(name: str, make: Callable[[], Any]) -> Any:
    """What `make` gives, made now or put back; made anew where a test with real commits left other ground."""
    key = (name, hash(tuple(tuple(rows_of(table)) for table in GROUND)))
    if key not in KEPT:
        before = rows()
        made = make()
        KEPT[key] = difference(made, before, rows())
    else:
        put_back(KEPT[key])
    return again(KEPT[key].made)


@cache
def tables() -> dict[str, str]:
    """Table -> its primary key, of all models, those between two others too; triggers fill SQLite's search index."""
    models = [model._meta for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    return {model.db_table: model.pk.column for model in models if not model.db_table.endswith("_fts")}


@cache
def columns(table: str) -> list[str]:
    """The columns in their order."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}" LIMIT 0')
        return [column[0] for column in cursor.description]


def bare(table: str) -> str:
    """What is asked of a row so that its values come as they are stored: PostgreSQL gives its own types as JSON, and
    SQLite leaves alone what is not plainly a column.
    """
    if connection.vendor == "postgresql":
        return "row_to_json(t)::text"
    return ",".join(f'+t."{column}"' for column in columns(table))


def rows_of(table: str) -> list[tuple[Any, ...]]:
    """Everything in a table."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {bare(table)} FROM "{table}" t')
        return cursor.fetchall()


def rows() -> Rows:
    """Everything in the database."""
    return {table: rows_of(table) for table in tables()}


def difference(made: Any, before: Rows, after: Rows) -> Kept:
    """What came and what changed, in the order in which it stands there."""
    new, changed = {}, {}
    for table in after:
        old, now = set(before[table]), set(after[table])
        if came := [row for row in after[table] if row not in old]:
            new[table] = came
        if gone := [key_of(table, row) for row in before[table] if row not in now]:
            changed[table] = gone
    return Kept(made, new, changed)


def key_of(table: str, row: tuple[Any, ...]) -> Any:
    """A row's primary key."""
    if connection.vendor == "postgresql":
        return json.loads(row[0])[tables()[table]]
    return row[columns(table).index(tables()[table])]


def put_back(what: Kept) -> None:
    """The rows as they were; foreign keys are looked at when the transaction ends, so that order does not matter."""
    with connection.cursor() as cursor:
        for table, keys in what.changed.items():
            cursor.executemany(f'DELETE FROM "{table}" WHERE "{tables()[table]}" = %s', [[key] for key in keys])
        for table, new in what.new.items():
            if connection.vendor == "postgresql":
                told = "[" + ",".join(row[0] for row in new) + "]"
                cursor.execute(
                    f'INSERT INTO "{table}" SELECT * FROM json_populate_recordset(NULL::"{table}", %s::json)', [told]
                )
            else:
                places = ",".join(["%s"] * len(new[0]))
                cursor.executemany(f'INSERT INTO "{table}" VALUES ({places})', new)


def again(made: Any) -> Any:
    """The same shape with objects that no test has touched."""
    if isinstance(made, Model):
        return type(made)._base_manager.get(pk=made.pk)
    if isinstance(made, SimpleNamespace):
        return SimpleNamespace(**{name: again(value) for name, value in vars(made).items()})
    if isinstance(made, list):
        return [again(value) for value in made]
    return made
