"""Taken back on the content desk, gone for citizens within seconds, long before a new index is built."""

from sqlalchemy import delete, update

from foundation.database import Database
from knowledge.tables import entries, withdrawals
from knowledge.withdrawn import withdraw
from tests.service import Service, eventually

ENTRY, QUESTION = "poultry-pigeon-rule", "楼顶养鸽子合法吗"
SECONDS = 5.0


def test_a_withdrawn_entry_is_answered_from_no_more_within_seconds(service: Service) -> None:
    database = Database(f"sqlite:///{service.folder / 'wenzheng.db'}")
    before = service.say(QUESTION)
    assert before["replies"][0]["origin"]["id"] == ENTRY
    revision = before["replies"][0]["origin"]["revision"]
    with database.writing() as connection:
        withdraw(connection, ENTRY, "ke-zhang", "规定改了")
    try:
        eventually(lambda: ENTRY not in str(service.say(QUESTION)), SECONDS)
        follow_up = service.say("罚多少钱", conversation=before["conversation"])
        assert ENTRY not in str(follow_up["replies"])
    finally:  # other tests have the same product
        with database.writing() as connection:
            connection.execute(delete(withdrawals))
            connection.execute(update(entries).where(entries.c.id == ENTRY).values(published_revision=revision))
        database.close()
    eventually(lambda: service.say(QUESTION)["replies"][0]["origin"]["id"] == ENTRY, SECONDS)
