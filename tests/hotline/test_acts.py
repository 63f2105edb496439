"""What the desk offers is what the desk allows, for every state, role and way of handling."""

from pathlib import Path

import pytest
from sqlalchemy import select, update

from foundation.database import Database
from foundation.privacy import Vault
from hotline.acts import possible
from hotline.desk import OWN_ACTS, Actor
from hotline.desk import Desk as StaffDesk
from hotline.lifecycle import NotAllowed, lifecycle
from hotline.tables import assignments, tickets
from tests.hotline.support import DATA_KEYS, Desk, make_settings

FIELDS = {
    "message": "字",
    "reason": "这件事不归本市管",
    "instead": "字",
    "summary": "字",
    "deadline": "2099-01-01T00:00:00+08:00",
}
FIELDS |= {"limit": "handle_by", "solved": "true", "kind": "咨询"}
ACTORS = [
    Actor("operator", ("operator",)),
    Actor("supervisor", ("supervisor",)),
    Actor("auditor", ("auditor",)),
    Actor("leading", ("officer",), "parks"),
    Actor("joint", ("officer",), "police"),
    Actor("both", ("operator", "officer"), "parks"),
]


@pytest.fixture
def home(tmp_path: Path) -> Desk:
    """One database is enough: the table decides, and nothing that it decides by differs between databases."""
    url = f"sqlite:///{tmp_path / 'wenzheng.db'}"
    database = Database(url)
    database.create_tables()
    return Desk(database, Vault(DATA_KEYS), make_settings(url, tmp_path).copy(update={"handling": "local"}))


@pytest.mark.parametrize("handled_by", ["local", "hotline"])
@pytest.mark.parametrize("actor", ACTORS, ids=lambda actor: str(actor.name))
def test_what_is_offered_can_be_done_and_nothing_else_can(home: Desk, actor: Actor, handled_by: str) -> None:
    staff = StaffDesk(home.database, home.vault, home.settings)
    for state in lifecycle().states:
        number = _in(home, state, handled_by)
        for name in lifecycle().steps.keys() - set(OWN_ACTS):
            with home.database.reading() as connection:
                offered = possible(connection.execute(select(tickets).where(tickets.c.number == number)).one(), actor)
            department = "police" if name == "unassign" else "parks"
            try:
                staff.take(number, name, actor, FIELDS | {"department": department}, 1)
            except NotAllowed as refused:
                assert refused.reason in ("role", "state", "leads")
                assert name not in offered, (state, name)
            else:
                assert name in offered, (state, name)
                number = _in(home, state, handled_by)


def _in(home: Desk, state: str, handled_by: str) -> str:
    """The number of a ticket in a state, led by parks, with police, something asked for and a summary."""
    number = home.open()
    values = {"state": state, "handled_by": handled_by, "department": "parks", "joint": ["police"], "summary": "字"}
    with home.database.writing() as connection:
        asked = select(tickets.c.opened_at).where(tickets.c.number == number).scalar_subquery()
        own = update(tickets).where(tickets.c.number == number)
        connection.execute(own.values(**values, extension_asked=asked))
        shares = [{"ticket": number, "department": name, "leading": name == "parks"} for name in ("parks", "police")]
        connection.execute(assignments.insert(), shares)
    return number
