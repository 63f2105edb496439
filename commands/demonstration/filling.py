"""Puts demonstration data in, and takes it away."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from commands.demonstration import reviews
from commands.demonstration.answers import Library, NothingPublished
from commands.demonstration.lives import life, limits
from commands.demonstration.people import employ
from commands.demonstration.play import Play
from commands.demonstration.removal import counters, recount, take_out
from commands.demonstration.stage import SATURDAY, Inside, Stage
from commands.demonstration.talks import TALKS, is_served, waits
from commands.demonstration.team import DAYS as TEAM_DAYS
from commands.demonstration.team import team
from commands.demonstration.undoing import FILLED, is_publishing, undo
from commands.demonstration.words import Reports
from foundation import demonstration
from foundation.audit import COMMAND, Audit
from foundation.clock import local, moved
from foundation.database import Database
from foundation.privacy import Vault
from foundation.settings import Settings
from hotline.pictures.files import Files
from staff.accounts import Refused as AccountRefused

SEED = 20261128
TALKS_A_TICKET = 1.5
HOURS = [1, 1, 0, 0, 0, 1, 3, 8, 16, 20, 20, 16, 11, 13, 17, 18, 17, 14, 12, 14, 15, 11, 6, 3]  # how busy each hour is
QUIET = 0.45  # of a working day's, at weekends
CHANNELS = {"web": 65, "wechat": 35}
WAIT, SERVED = (5, 9, 16, 24), 5  # minutes before the end, when those who wait then and the one who is served began
SUBJECT = "demonstration"
Counts = dict[str, int]


class Refused(ValueError):
    """Demonstration data that cannot be put in or taken away now; the message says why."""


def fill(
    database: Database, settings: Settings, password: str, count: int, days: int, told: Callable[[float], None]
) -> Counts:
    """Fill the city; how many things of each kind were made. `told` hears the share that is done."""
    with moved() as hands, database.reading() as connection:
        until, there = hands.at, demonstration.is_there(connection)
    if there:
        raise Refused("已经有演示数据了。要重新放，先运行 wenzheng demo --remove。")
    library = _library(database, settings)
    with database.writing() as connection:
        _begin(connection, password)
        # first of all, and at the true time: from now on its accounts can be used
        Audit(settings.secret_key).note(connection, COMMAND, FILLED, SUBJECT, {"tickets": count, "days": days})
    with moved() as hands:
        stage = Stage(database, Vault(settings.data_keys), settings, hands, Random(SEED))
        play = Play(stage, until)
        _plan(play, stage, library, until, count, days)
        begin, span = until - timedelta(days=days), timedelta(days=days)
        play.run(lambda _: told((hands.at - begin) / span))
    with database.writing() as connection:
        recount(connection, settings.timezone)
        counts = _counts(connection)
    told(1)
    return counts


def take_away(database: Database, settings: Settings) -> tuple[Counts, list[str]]:
    """Remove it all; how many things of each kind there were, and what people must look at, a line each."""
    with database.writing() as connection:
        if not demonstration.is_there(connection):
            raise Refused("现在没有演示数据。")
        if is_publishing(connection):
            raise Refused("演示账号要求的发布还在做。请等它做完再去掉。")
        counts, stays = _counts(connection), undo(Inside(database, connection), settings)
        pictures = connection.execute(demonstration.names(demonstration.UPLOAD)).scalars().all()
        take_out(connection, settings.timezone)
        Audit(settings.secret_key).note(connection, COMMAND, "demo.remove", SUBJECT, {**counts, "stays": len(stays)})
    files = Files(settings.data_dir / "uploads")
    for name in pictures:
        files.remove(name)
    return counts, stays


def _library(database: Database, settings: Settings) -> Library:
    try:
        return Library(database, settings.city)
    except NothingPublished as error:
        raise Refused("还没有知识条目。请先运行 wenzheng prepare。") from error


def _begin(connection: Connection, password: str) -> None:
    """Accounts first: who acts must be there."""
    demonstration.mark(connection, demonstration.COUNTER, counters(connection))
    try:
        employ(connection, password)
    except AccountRefused as error:
        raise Refused(f"演示账号建不了：{error}") from error


def _plan(play: Play, stage: Stage, library: Library, until: datetime, count: int, days: int) -> None:
    chance, reports = stage.chance, Reports(stage.chance)
    moments = sorted(_moment(chance, until, days, stage.settings.timezone) for _ in range(count))
    for at in moments:
        play.begin(at, life(stage, reports.next()))
    for _ in range(round(count * TALKS_A_TICKET)):
        talk = chance.choices(list(TALKS), list(TALKS.values()))[0]
        channel = chance.choices(list(CHANNELS), list(CHANNELS.values()))[0]
        play.begin(_moment(chance, until, days, stage.settings.timezone), talk(stage, library, channel))
    play.begin(moments[0], limits(stage))
    play.begin(moments[0], reviews.weekly(stage))
    play.begin(until - timedelta(days=min(days, TEAM_DAYS)), team(stage, library))
    for minutes, talk in (*((minutes, waits) for minutes in WAIT), (SERVED, is_served)):
        play.begin(until - timedelta(minutes=minutes), talk(stage, library, "web"))


def _moment(chance: Random, until: datetime, days: int, timezone: str) -> datetime:
    """A moment of the last days, more likely where more people are awake and at work."""
    while True:
        day = local(until - timedelta(days=chance.uniform(0, days)), timezone)
        hour = chance.choices(range(24), HOURS)[0]
        moment = day.replace(hour=hour, minute=chance.randrange(60), second=chance.randrange(60))
        is_quiet = moment.weekday() >= SATURDAY
        if until - timedelta(days=days) <= moment < until and not (is_quiet and chance.random() > QUIET):
            return moment


def _counts(connection: Connection) -> Counts:
    table = demonstration.demonstration
    counted: Any = select(table.c.kind, func.count()).group_by(table.c.kind)
    found = dict(connection.execute(counted).all())
    kinds = (demonstration.TICKET, demonstration.CONVERSATION, demonstration.UPLOAD, demonstration.ACCOUNT)
    return {kind: found.get(kind, 0) for kind in kinds}
