"""What files brought and going back took from citizens: files do not bring it again, a command does."""

from collections.abc import Collection, Mapping

from sqlalchemy import func, select

from foundation.database import Database
from knowledge.store import FILES, Store
from knowledge.tables import entries, revisions


class SetBack:
    """Finds it among these entries and publishes it again; staff have touched none of them, and withdrawn none."""

    def __init__(self, database: Database, entries: Collection[str]) -> None:
        self._database, self._store = database, Store(database)
        self._among = frozenset(entries)

    def waiting(self) -> dict[str, int]:
        """The latest revision that files brought, of the entries of which another one is published, or none."""
        of_files = select(revisions.c.entry, func.max(revisions.c.revision).label("last"))
        latest = of_files.where(revisions.c.author == FILES).group_by(revisions.c.entry).subquery()
        is_published = func.coalesce(entries.c.published_revision, 0) == latest.c.last
        joined = select(latest).select_from(latest.join(entries, entries.c.id == latest.c.entry))
        with self._database.reading() as connection:
            rows = connection.execute(joined.where(~entries.c.touched, ~is_published).order_by(latest.c.entry))
            return {entry: int(revision) for entry, revision in rows if entry in self._among}

    def publish(self, wanted: Mapping[str, int]) -> None:
        """Make these revisions the published ones; later files may change them as before."""
        with self._database.writing() as connection:
            self._store.publish(connection, wanted, touched=False)
