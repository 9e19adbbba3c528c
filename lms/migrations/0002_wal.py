"""SQLite writes ahead (WAL), set once for the file; inside a transaction the pragma does nothing without a word."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def write_ahead(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Sets the journal mode of the file; nothing on PostgreSQL."""
    if editor.connection.vendor == "sqlite":
        editor.connection.cursor().execute("PRAGMA journal_mode=WAL")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("lms", "0001_initial")]
    operations = [migrations.RunPython(write_ahead, migrations.RunPython.noop)]
