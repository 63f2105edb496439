"""The lives of tickets: each is one way in which things go, told as acts and the time between them."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from sqlalchemy import select

from commands.demonstration import talks
from commands.demonstration.handling import Case, rated, to_department, work
from commands.demonstration.openings import SUPERVISOR, entered, opened
from commands.demonstration.play import Life
from commands.demonstration.stage import Stage
from commands.demonstration.words import Told, city
from foundation import demonstration
from hotline.catalogue import catalogue
from hotline.followers import ENDED
from hotline.standing import SECRET_KINDS
from hotline.tables import tickets


def life(stage: Stage, told: Told) -> Life:
    """A ticket from its report on."""
    conversation = ""
    if told.channel in ("web", "wechat"):
        conversation, number = yield from talks.report(stage, told)
    elif told.channel in ("phone", "counter"):
        number = entered(stage, told)
    else:
        number = opened(stage, told).view.number
    case = Case(stage, number, told, conversation)
    if stage.row(number).handled_by == "hotline":
        yield from by_hotline(case)
    else:
        course = stage.chance.choices(list(COURSES), list(COURSES.values()))[0]
        yield from course(case)


def ordinary(case: Case) -> Life:
    """Handled in good time."""
    yield from to_department(case)
    yield from work(case, 4, 40)
    yield from rated(case)


def slow(case: Case) -> Life:
    """Answered late."""
    yield from to_department(case)
    yield from work(case, 150, 260)
    yield from rated(case)


def stuck(case: Case) -> Life:
    """Nobody moves, the citizen asks, a supervisor steps in."""
    yield from to_department(case)
    yield case.stage.soon(60, 160)
    case.stage.tickets.urge(case.number, case.words("urges"), case.conversation)
    if case.stage.maybe(0.6):
        yield case.stage.at_work(20, 60)
        case.stage.act(case.number, "supervise", SUPERVISOR, reason=case.words("supervised"))


def returned(case: Case) -> Life:
    """Sent to the wrong department first."""
    others = [one for one in catalogue().departments if one != case.department]
    yield from to_department(case, case.stage.chance.choice(others))
    yield case.stage.at_work(2, 30)
    case.stage.act(case.number, "return", case.officer, reason=case.words("returns"))
    if case.stage.maybe(0.85):
        yield case.stage.soon(0.5, 6)
        case.stage.act(case.number, "dispatch", case.operator, department=case.department)
        yield from work(case, 10, 60)
        yield from rated(case)


def extended(case: Case) -> Life:
    """The department asks for more time."""
    yield from to_department(case)
    yield case.stage.at_work(40, 90)
    until = (case.stage.row(case.number).handle_by + timedelta(days=5)).isoformat()
    asked = {"reason": case.words("extensions"), "deadline": until}
    case.stage.act(case.number, "ask_extension", case.officer, **asked)
    if case.stage.maybe(0.75):
        yield case.stage.at_work(2, 20)
        if case.stage.maybe(0.8):
            case.stage.act(case.number, "extend", SUPERVISOR, **asked)
        else:
            case.stage.act(case.number, "refuse_extension", SUPERVISOR, reason=city()["extension_refused"])
        yield from work(case, 60, 150)
        yield from rated(case)


def waiting(case: Case) -> Life:
    """The department needs to know more."""
    yield from to_department(case)
    yield case.stage.at_work(2, 20)
    case.stage.act(case.number, "wait", case.officer, message=case.words("waiting"))
    if case.stage.maybe(0.65):
        yield case.stage.soon(3, 50)
        case.stage.tickets.supplement(case.number, case.words("supplements"), case.conversation)
        yield from work(case, 10, 50)
        yield from rated(case)


def reopened(case: Case) -> Life:
    """Answered, and not solved."""
    yield from to_department(case)
    yield from work(case, 10, 50)
    yield case.stage.soon(10, 80)
    case.stage.tickets.rate(case.number, False, "dissatisfied", case.words("unsolved"), case.conversation)
    yield from work(case, 10, 60)
    yield from rated(case)


def rejected(case: Case) -> Life:
    """Not the city's to handle."""
    yield case.stage.soon(0.2, 6)
    case.stage.act(case.number, "reject", case.operator, **case.stage.chance.choice(city()["rejections"]))


def withdrawn(case: Case) -> Life:
    """The citizen needs it no longer."""
    yield case.stage.soon(1, 30)
    case.stage.tickets.withdraw(case.number, case.words("withdrawals"), case.conversation)


def merged(case: Case) -> Life:
    """Somebody else reported the same; where nobody has, it goes its own way."""
    yield case.stage.soon(0.3, 3)
    main = _same(case)
    if main and case.told.kind not in SECRET_KINDS:
        case.stage.desk.merge(case.number, main, case.operator, case.stage.row(case.number).version)
    else:
        yield from ordinary(case)


def split(case: Case) -> Life:
    """Two matters in one report; the second becomes a ticket of its own, which waits for dispatch."""
    yield case.stage.soon(0.2, 3)
    version = case.stage.row(case.number).version
    part = f"还有：{case.words('supplements')}"
    child = case.stage.desk.split(case.number, part, case.told.leaf, case.operator, version)
    case.stage.made.tickets.add(child)
    yield from ordinary(case)


def by_hotline(case: Case) -> Life:
    """Moved by the city's hotline, as its callbacks do."""
    steps: tuple[tuple[str, float, float, dict[str, str]], ...] = (
        ("accept", 0.2, 3, {}),
        ("dispatch", 0.5, 5, {"department": case.department}),
        ("progress", 8, 30, {"message": case.words("progress")}),
        ("answer", 10, 90, {"message": case.answer()}),
    )
    for step, least, most, fields in steps:
        yield case.stage.at_work(least, most)
        case.stage.steps.take(case.stage.connection, case.number, step, "hotline", fields)
    yield from rated(case)


def limits(stage: Stage) -> Life:
    """What the worker writes when limits pass."""
    while True:
        stage.overdue.attend()
        yield timedelta(hours=8)


def _same(case: Case) -> str:
    """An open ticket of the demonstration on the same matter, or ""."""
    made_up = tickets.c.number.in_(demonstration.names(demonstration.TICKET))
    where = [made_up, tickets.c.category == case.told.leaf, tickets.c.number != case.number]
    where += [
        tickets.c.state.not_in((*ENDED, "answered")),
        tickets.c.kind.not_in(SECRET_KINDS),
        tickets.c.audience == "",
    ]
    found = case.stage.connection.execute(select(tickets.c.number).where(*where).limit(1)).scalar()
    return str(found or "")


COURSES: dict[Callable[[Case], Iterator[timedelta]], int] = {
    ordinary: 56,
    slow: 8,
    stuck: 6,
    returned: 7,
    extended: 5,
    waiting: 4,
    reopened: 5,
    rejected: 4,
    withdrawn: 2,
    merged: 2,
    split: 1,
}
