"""How a report of the demonstration becomes a ticket: by phone, by the form, or in a conversation."""

from uuid import uuid4

from commands.demonstration.pictures import drawn
from commands.demonstration.stage import Stage
from commands.demonstration.words import Told, city
from hotline.appeal import Appeal
from hotline.desk import Actor
from hotline.ticket import Opened

OPERATORS = (Actor("demo-operator", ("operator",)), Actor("demo-operator-2", ("operator",)))
SUPERVISOR = Actor("demo-supervisor", ("supervisor",))
UPLOADER = "demo"
PICTURED = {"report": 0.6, "wechat": 0.2, "web": 0.15}  # share of a channel's reports with pictures
OF_HOTLINE = 0.08  # of tickets are moved by the city's hotline, the others at our own desk


def appeal(stage: Stage, told: Told, conversation: str = "") -> Appeal:
    """The appeal that a report is opened for; in a conversation its numbers stay in the conversation's vault."""

    def kept(text: str) -> str:
        return stage.vault.tokenize(stage.connection, f"conversation:{conversation}", text) if conversation else text

    return Appeal(
        instance=uuid4().hex,
        kind=told.kind,
        what=kept(told.what),
        place=kept(told.place),
        time_of_event=told.when,
        contact=kept(told.contact),
        anonymous=told.anonymous,
        channel=told.channel,
        conversation=conversation,
        category=told.leaf if stage.maybe(0.9) else "",
        urgency=told.urgency,
        district=told.district,
        latitude=told.point[0] if told.point else None,
        longitude=told.point[1] if told.point else None,
        pictures=_pictures(stage, told),
        uploader=UPLOADER,
    )


def opened(stage: Stage, told: Told, conversation: str = "") -> Opened:
    """A citizen's new ticket."""
    tickets = stage.of_hotline if stage.maybe(OF_HOTLINE) else stage.tickets
    made = tickets.open(appeal(stage, told, conversation))
    stage.made.tickets.add(made.view.number)
    return made


def entered(stage: Stage, told: Told) -> str:
    """The number of a ticket that an operator wrote down."""
    note = stage.chance.choice(city()["notes"]) if stage.maybe(0.2) else ""
    number, _ = stage.desk.open(appeal(stage, told), stage.chance.choice(OPERATORS), note)
    stage.made.tickets.add(number)
    return number


def _pictures(stage: Stage, told: Told) -> tuple[str, ...]:
    if not stage.maybe(PICTURED.get(told.channel, 0)):
        return ()
    taken = [
        stage.uploads.take_in(drawn(stage.chance), UPLOADER, consent=False)
        for _ in range(stage.chance.choice((1, 1, 2)))
    ]
    stage.made.uploads.update(taken)
    return tuple(taken)
