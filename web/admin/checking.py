"""Whether the trace is whole: in itself, against what was kept of it elsewhere, and against what it speaks of."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from sqlalchemy.engine import Connection

from conversations.review import looks
from foundation import control_changes
from foundation.audit import Audit, Contents, last_row, unknown
from hotline.traced import of_tickets
from knowledge import traced
from staff import accounts


@dataclass(frozen=True)
class Checked:
    """What checking the whole trace found."""

    rows: int
    digest: str
    problems: list[str]

    @property
    def last(self) -> str:
        """What auditors keep elsewhere: number and digest of the last row; empty where there is none."""
        return f"{self.rows}:{self.digest}" if self.rows else ""


def check(connection: Connection, audit: Audit, snapshots: Path, expected: Sequence[str] = ()) -> Checked:
    """Read all of it; `expected` are digests that were kept elsewhere."""
    end = last_row(connection)
    contents: dict[str, Contents] = {
        "control": control_changes.contents,
        "entry": traced.of_entries,
        "snapshot": traced.OfSnapshots(snapshots),
        "ticket": of_tickets,
        "conversation": looks.contents,
    }
    problems = chain(
        audit.broken(connection, end),
        (said for saved in expected if (said := unknown(connection, end, saved))),
        *(untraced(connection) for untraced in (accounts.untraced, control_changes.untraced, traced.untraced)),
        audit.altered(connection, end, contents),
    )
    return Checked(end.number, end.digest, list(problems))
