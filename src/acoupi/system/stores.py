"""The program's databases for who reads them: one of an older acoupi is brought up to date."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from acoupi._sqlite import Database, reading
from acoupi.components.message_stores.sqlite import schema as of_messages
from acoupi.components.stores.sqlite import schema as of_metadata
from acoupi.errors import MigrationError
from acoupi.system.places import Places
from acoupi.system.services import is_running
from acoupi.system.settings import Settings
from acoupi.system.supervisor.locks import is_held

__all__ = ["current_messages", "current_metadata"]

Tell = Callable[[str], object]

# A database of somebody's own store has other tables, and is none of our business.
IS_OLDER = """
SELECT user_version < :newest AND EXISTS (SELECT 1 FROM sqlite_master WHERE name = :table)
FROM pragma_user_version
"""


def current_metadata(settings: Settings, places: Places, tell: Tell) -> tuple[Path, Path]:
    """Return the store in today's form, and the folder of recordings that wait.

    Parameters
    ----------
    settings
        The home.
    places
        Where its program keeps its data.
    tell
        Called with what is done, if anything is: it may take a while.

    Raises
    ------
    ConfigurationError
        If the program keeps no recordings.
    MigrationError
        If the store is of an older acoupi, and the sensor runs.
    """
    db_path, waiting_dir = places.require_metadata()
    if _is_older(db_path, len(of_metadata.MIGRATIONS), "recording"):
        _bring_up_to_date(settings, Database(db_path, of_metadata.MIGRATIONS), tell)
    return db_path, waiting_dir


def current_messages(settings: Settings, places: Places, tell: Tell) -> Path:
    """Return the store of messages in today's form, as `current_metadata` does."""
    db_path = places.require_messages()
    if _is_older(db_path, len(of_messages.MIGRATIONS), "message"):
        _bring_up_to_date(settings, Database(db_path, of_messages.MIGRATIONS), tell)
    return db_path


def _is_older(path: Path, newest: int, table: str) -> bool:
    with reading(path) as found:
        values = {"newest": newest, "table": table}
        return found is not None and bool(found.execute(IS_OLDER, values).fetchone()[0])


def _bring_up_to_date(settings: Settings, database: Database, tell: Tell) -> None:
    """Leave it to a sensor that runs: one that was started before an update knows the old form."""
    path = database.path
    if is_held(settings.lock_file) or is_running(settings):  # acoupi 0.8 held no lock
        raise MigrationError(
            f"the database {path} is of an older acoupi, and the sensor runs",
            help="the sensor brings it up to date when it next uses it; one that was started "
            "before acoupi was updated must be restarted: acoupi workers restart",
        )
    tell(f"bringing {path.name} up to date; a copy of it as it was stays beside it")
    with closing(database), database.read():
        pass
