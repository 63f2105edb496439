"""Undoes what people did with accounts of the demonstration, and says in words what only people can undo."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.engine import Connection

from foundation.audit import COMMAND, log
from foundation.clock import now
from foundation.control_changes import changes
from foundation.controls import Controls, default
from foundation.database import Database
from foundation.demonstration import ACCOUNT, names
from foundation.settings import Settings
from knowledge import publish_jobs
from knowledge.drafts import APPROVED, IN_REVIEW
from knowledge.reviews import marks
from knowledge.store import FILES
from knowledge.tables import calculator_signatures, drafts, entries, revisions, withdrawals
from knowledge.tables import publish_jobs as jobs

REASON = "去掉演示数据"
FILLED = "demo.fill"
STAYS = {
    "account.add": "新建的账号",
    "account.change": "改过的账号",
    "account.password": "换过密码的账号",
    "destination.enter": "添加的接收方",
    "destination.rotate": "换过密钥的接收方",
    "destination.remove": "删掉的接收方",
    "content.source": "改过的依据",
    "content.rollback": "退回到的索引",
}
RESTORE = "请在“知识”里打开它的“版本”，用对的那一版写草稿，审核后发布"


def is_publishing(connection: Connection) -> bool:
    """Tell whether a publishing that an account of the demonstration asked for is under way."""
    alive = jobs.c.seen_at > now() - publish_jobs.SILENT_FOR
    mine = select(jobs.c.id).where(jobs.c.asked_by.in_(names(ACCOUNT)), jobs.c.state == publish_jobs.RUNNING, alive)
    return connection.execute(mine.limit(1)).first() is not None


def undo(database: Database, settings: Settings) -> list[str]:
    """Take back what can be taken back, while the accounts are there; what stays in force, a line each."""
    with database.writing() as connection:
        people = set(connection.execute(names(ACCOUNT)).scalars())
        stays = [*_published(connection), *_withdrawn(connection), *_others(connection, people)]
        _drafts(connection, people)
        mine = names(ACCOUNT)
        connection.execute(
            update(revisions).where(revisions.c.signed_by.in_(mine)).values(signed_by=None, signed_at=None)
        )
        connection.execute(delete(calculator_signatures).where(calculator_signatures.c.signed_by.in_(mine)))
        connection.execute(update(marks).where(marks.c.settled_by.in_(mine)).values(settled_by=None, settled_at=None))
        _settings(connection, Controls(database, settings), people)
    return stays


def _drafts(connection: Connection, people: set[str]) -> None:
    """Texts of theirs alone go; what they approved waits for somebody else."""
    for row in connection.execute(select(drafts.c.id, drafts.c.authors)).all():
        if set(row.authors) - {FILES} and set(row.authors) - {FILES} <= people:
            connection.execute(delete(drafts).where(drafts.c.id == row.id))
    approved = (drafts.c.judged_by.in_(people), drafts.c.state == APPROVED)
    waits = {"state": IN_REVIEW, "judged_by": None, "publish_on": None, "version": drafts.c.version + 1}
    connection.execute(update(drafts).where(*approved).values(**waits))


def _settings(connection: Connection, controls: Controls, people: set[str]) -> None:
    """What they set last gives way to what somebody else set before, or to the default."""
    newest = select(changes.c.name, func.max(changes.c.version).label("version")).group_by(changes.c.name)
    for name, version in connection.execute(newest).all():
        rows = connection.execute(
            select(changes).where(changes.c.name == name).order_by(changes.c.version.desc())
        ).all()
        if rows[0].actor in people:
            value = next((row.value for row in rows if row.actor not in people), default(name))
            controls.change(name, version, value, COMMAND, REASON)


def _published(connection: Connection) -> Iterator[str]:
    joined = entries.join(
        revisions, (revisions.c.entry == entries.c.id) & (revisions.c.revision == entries.c.published_revision)
    )
    theirs = revisions.c.author.in_(names(ACCOUNT)) | revisions.c.signed_by.in_(names(ACCOUNT))
    written = select(entries.c.id, revisions.c.revision).select_from(joined).where(theirs, revisions.c.author != FILES)
    for row in connection.execute(written.order_by(entries.c.id)):
        yield f"条目 {row.id} 的第 {row.revision} 版是演示账号写的或发布的，还在用，卡片上改回了“示例”。{RESTORE}。"


def _withdrawn(connection: Connection) -> Iterator[str]:
    joined = withdrawals.join(entries, entries.c.id == withdrawals.c.entry)
    gone = (withdrawals.c.by.in_(names(ACCOUNT)), entries.c.published_revision.is_(None))
    taken = select(entries.c.id).select_from(joined).where(*gone).distinct().order_by(entries.c.id)
    for entry in connection.execute(taken).scalars():
        yield f"条目 {entry} 是演示账号撤下的，现在没有发布。{RESTORE}。"


def _others(connection: Connection, people: set[str]) -> Iterator[str]:
    """Other acts of theirs that hold, as the trace has them since the demonstration was last put in."""
    begun = select(func.max(log.c.number)).where(log.c.act == FILLED).scalar_subquery()
    acts = (log.c.actor.in_(people), log.c.act.in_(STAYS), log.c.number > begun)
    seen: Any = select(log.c.act, log.c.subject).where(*acts).distinct().order_by(log.c.act, log.c.subject)
    for row in connection.execute(seen).all():
        what = row.subject.split(":", 1)[-1]
        if what not in people:
            yield f"演示账号{STAYS[row.act]}：{what}。请看一看还要不要。"
