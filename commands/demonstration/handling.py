"""What is done with a ticket of the demonstration, piece by piece: on its way to a department, work, and the rating."""

from dataclasses import dataclass

from commands.demonstration.openings import OPERATORS
from commands.demonstration.play import Life
from commands.demonstration.stage import Stage
from commands.demonstration.words import Told, city
from hotline.catalogue import catalogue
from hotline.desk import Actor
from hotline.pictures.store import pictures_of
from hotline.public import may_be_public
from hotline.summary import proposed

SATISFIED = {"very_satisfied": 30, "satisfied": 45, "fair": 15, "dissatisfied": 7, "very_dissatisfied": 3}


@dataclass
class Case:
    """A ticket, and what its citizen said."""

    stage: Stage
    number: str
    told: Told
    conversation: str

    @property
    def department(self) -> str:
        """Who usually leads it."""
        return catalogue().categories[self.told.leaf].department

    @property
    def officer(self) -> Actor:
        """Somebody of the department that has it now."""
        name = self.stage.row(self.number).department
        return Actor(f"demo-officer-{name}", ("officer",), name)

    @property
    def operator(self) -> Actor:
        """One of the operators."""
        return self.stage.chance.choice(OPERATORS)

    def words(self, name: str) -> str:
        """One of the things that are said in such a case."""
        said: str = self.stage.chance.choice(city()[name])
        return said

    def answer(self) -> str:
        """An answer on such a matter."""
        answers = city()["answers"][catalogue().categories[self.told.leaf].top]
        return str(self.stage.chance.choice(answers)).format(place=self.told.place)


def to_department(case: Case, department: str = "") -> Life:
    """Accepted, dispatched, and its summary approved for the public where that may be."""
    stage = case.stage
    yield stage.soon(0.1, 2.5)
    stage.act(case.number, "accept", case.operator)
    yield stage.soon(0.05, 3)
    joint = [stage.chance.choice(list(catalogue().departments))] if stage.maybe(0.07) else []
    fields = {"department": department or case.department, "joint": joint}
    stage.act(case.number, "dispatch", case.operator, **fields)
    if stage.maybe(0.4) and may_be_public(stage.row(case.number)):
        yield stage.soon(0.05, 4)
        summary = f"{city()['summary']}{proposed(stage.row(case.number))}"
        stage.act(case.number, "publish", case.operator, summary=summary)
        for picture in pictures_of(stage.connection, case.number):
            stage.gallery.approve(picture.id, case.operator)


def work(case: Case, least: float, most: float) -> Life:
    """Contact, progress and an answer, which comes after so many hours more."""
    stage = case.stage
    if not stage.row(case.number).contacted_at:
        yield stage.at_work(0.2, 6 if stage.maybe(0.85) else 60)
        stage.act(case.number, "contact", case.officer, message=case.words("contacts"))
    for _ in range(stage.chance.choice((0, 1, 1, 2))):
        yield stage.at_work(2, 30)
        stage.act(case.number, "progress", case.officer, message=case.words("progress"))
    if stage.maybe(0.1):
        stage.act(case.number, "note", case.officer, message=case.words("notes"))
    yield stage.at_work(least, most)
    stage.act(case.number, "answer", case.officer, message=case.answer())


def rated(case: Case) -> Life:
    """The citizen says what it was worth, or says nothing."""
    stage = case.stage
    if stage.maybe(0.6):
        yield stage.soon(1, 70)
        how = stage.chance.choices(list(SATISFIED), list(SATISFIED.values()))[0]
        solved = stage.maybe(0.92)
        reason = "" if solved and how in ("very_satisfied", "satisfied", "fair") else case.words("unhappy")
        stage.tickets.rate(case.number, solved, how, reason, case.conversation)
