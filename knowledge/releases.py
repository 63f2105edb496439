"""From approved drafts to published revisions: proposed first, published in one step once a new index has passed."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from foundation.clock import now
from foundation.database import Database
from knowledge.drafts import APPROVED, PUBLISHED, Draft, Drafts, draft_of
from knowledge.store import Store
from knowledge.tables import drafts


class Overtaken(Exception):
    """Drafts that were sent back, changed or dropped after they were proposed: what was built holds too much."""

    def __init__(self, entries: Collection[str]) -> None:
        super().__init__("、".join(entries))
        self.entries = list(entries)


class Releases:
    """Takes approved drafts into the store."""

    def __init__(self, database: Database) -> None:
        self._drafts, self._store = Drafts(database), Store(database)

    def is_any_due(self, connection: Connection) -> bool:
        """Whether the moment of an approved draft has come."""
        come = select(drafts.c.id).where(drafts.c.state == APPROVED, drafts.c.publish_on <= now())
        return connection.execute(come.limit(1)).first() is not None

    def due(self, connection: Connection) -> list[Draft]:
        """The approved drafts whose moment has come; each is given out once."""
        come = (drafts.c.state == APPROVED, drafts.c.publish_on <= now())
        found = [draft_of(row) for row in connection.execute(select(drafts).where(*come).with_for_update())]
        given = update(drafts).where(drafts.c.id.in_([draft.id for draft in found]))
        connection.execute(given.values(publish_on=None))
        return found

    def propose(self, connection: Connection, entries: Sequence[str], by: str) -> dict[str, int]:
        """The revisions that the approved drafts of these entries become, by entry; the same again when asked again.

        Raises NotAllowed when `by` wrote any version of one of them.
        """
        proposed = {}
        for draft in self._drafts.approved(connection, entries, by):
            revision = draft.revision
            if revision is None:
                revision = self._store.append(connection, draft.markdown, draft.author, draft.judged_by or by)
                connection.execute(update(drafts).where(drafts.c.id == draft.id).values(revision=revision))
            proposed[draft.entry] = revision
        return proposed

    def publish(self, connection: Connection, proposed: Mapping[str, int]) -> None:
        """Make proposed revisions the published ones, and their drafts done.

        Raises Overtaken when a draft is not approved any more, or not as it was proposed; then nothing is published.
        """
        approved = select(drafts.c.entry, drafts.c.revision).where(
            drafts.c.entry.in_(proposed), drafts.c.state == APPROVED
        )
        still = {entry: revision for entry, revision in connection.execute(approved.with_for_update())}
        overtaken = [entry for entry, revision in proposed.items() if still.get(entry) != revision]
        if overtaken:
            raise Overtaken(overtaken)
        self._store.publish(connection, proposed)
        done = {"state": PUBLISHED, "published_at": now(), "changed_at": now()}
        connection.execute(
            update(drafts).where(drafts.c.entry.in_(proposed), drafts.c.state == APPROVED).values(**done)
        )
