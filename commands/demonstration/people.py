"""Accounts of staff for the demonstration: one of every role, and an officer of every department."""

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from foundation import demonstration
from hotline.catalogue import catalogue
from staff import accounts
from staff.permissions import roles
from staff.tables import accounts as table

PREFIX = "demo-"
MARK = "演示·"
FIRST = "supervisor"


def employ(connection: Connection, password: str) -> list[str]:
    """Make the accounts, all with one password; their names. Raises accounts.Refused."""
    made = [(f"{PREFIX}{role}", label, role, "") for role, label in roles().items() if role not in ("officer", FIRST)]
    made.append((f"{PREFIX}operator-2", roles()["operator"], "operator", ""))
    made += [
        (f"{PREFIX}officer-{one.id}", f"{one.label}{roles()['officer']}", "officer", one.id)
        for one in catalogue().departments.values()
    ]
    first = accounts.add(connection, f"{PREFIX}{FIRST}", f"{MARK}{roles()[FIRST]}", password, [FIRST])
    row = connection.execute(select(table).where(table.c.name == first.name)).one()._mapping
    for name, label, role, department in made:  # with the first one's password: hashing it forty times takes long
        if accounts.find(connection, name):
            raise accounts.Refused(f"已经有叫 {name} 的账号。")
        own = {"name": name, "label": f"{MARK}{label}", "roles": [role], "department": department}
        connection.execute(insert(table).values({**row, **own}))
    names = [first.name, *(name for name, *_ in made)]
    demonstration.mark(connection, demonstration.ACCOUNT, names)
    return names
