"""Random people act on tickets; after each action the log, the rows and the messages say the same."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from foundation.database import Database
from hotline.appeal import Appeal
from hotline.desk import Actor
from hotline.followers import ENDED
from hotline.lifecycle import NotAllowed, lifecycle
from hotline.step_fields import UnknownDepartment
from hotline.steps import StaleVersion, UnknownTicket
from tests.faults.life import CONVERSATIONS, GOOD, HANDLINGS, OTHERS, STAFF, WORDS, City, NotApplied
from tests.faults.life_checks import check, nobody_waits_in_vain
from tests.hotline.clock import clock_at
from tests.hotline.support import PHONE, postgresql_database

REFUSALS = (NotAllowed, StaleVersion, UnknownTicket, UnknownDepartment, NotApplied)
CALLBACKS = {step.callback: step for step in lifecycle().steps.values() if step.callback}
SHARES = {
    "work": 24,
    "interfere": 6,
    "step_without_account": 6,
    "citizen": 10,
    "callback": 12,
    "open": 6,
    "merge": 6,
    "split": 2,
    "time": 4,
    "worker": 6,
}
ONWARD = ("accepted", "dispatched", "in_progress", "waiting_for_citizen", "answered", "closed")
SELDOM = ("withdraw", "reject", "publish", "hide", "note", "merge", "split")
MOST_OPEN = 4
ACTIONS_EACH = 120  # before the next city


class Life(RuleBasedStateMachine):
    """One city's tickets from the first to the last random action; its seed says which they are."""

    def __init__(self, city: City) -> None:
        super().__init__()
        self.city = city

    @initialize(seed=st.integers(0, 2**64))
    def begin(self, seed: int) -> None:
        self.chance = Random(seed)
        self.city.emptied()
        self.known = self.city.everything()

    @rule()
    def anything(self) -> None:
        """One rule for all: of many, hypothesis would leave most out for a whole city."""
        self.city.clock.move(seconds=1)
        still = sum(one["state"] not in ENDED for one in self.tickets)
        acts = SHARES if still < MOST_OPEN else {**SHARES, "open": 0, "split": 0}
        [name] = self.chance.choices(list(acts), list(acts.values())) if self.tickets else ["open"]
        getattr(self, name)()

    def act(self, name: str, do: Callable[..., Any], *told: Any, **more: Any) -> None:
        """Do something; a refused action has changed nothing, any other left everything sound."""
        try:
            do(*told, **more)
            refused = False
        except REFUSALS:
            refused = True
        note(f"{name} {told} {more}{' refused' if refused else ''}")
        now = self.city.everything()
        (self.city.refused if refused else self.city.done)[name] += 1
        if refused:
            assert now == self.known, f"the refused {name} changed something"
            return
        self.known = now
        check(self.city, now)

    @property
    def tickets(self) -> list[dict[str, Any]]:
        return self.known["tickets"]

    def any_ticket(self, handled_by: tuple[str, ...] = HANDLINGS) -> dict[str, Any]:
        """Any ticket, mostly one of those that is still open."""
        still = [one for one in self.tickets if one["handled_by"] in handled_by and one["state"] not in ENDED]
        return self.chance.choice(still if still and self.chance.random() < 0.9 else self.tickets)

    def step(self, ticket: dict[str, Any], roles: tuple[str, ...]) -> str:
        """Mostly one that these roles may take now, often one that leads on, else any."""
        rules = {name: step.rules[ticket["handled_by"]] for name, step in lifecycle().steps.items()}
        sound = [name for name, line in rules.items() if line.by & set(roles) and ticket["state"] in line.states]
        sound = [name for name in sound if name not in SELDOM or self.chance.random() < 0.2]
        onward = [name for name in sound if lifecycle().steps[name].to in ONWARD]
        kind = self.chance.random()
        return self.chance.choice(onward if onward and kind < 0.3 else sound if sound and kind < 0.9 else list(rules))

    def version(self, ticket: dict[str, Any]) -> int:
        """What was seen; now and then that is old."""
        return int(ticket["version"]) - (self.chance.random() < 0.05)

    def open(self) -> None:
        pick, anonymous = self.chance.choice, self.chance.random() < 0.4
        appeal = Appeal(
            uuid4().hex,
            what="路灯坏了",
            place="东湖",
            contact="" if anonymous else f"李女士 {PHONE}",
            anonymous=anonymous,
            audience=pick((*[""] * 7, "supervisors")),
            conversation=pick(("", *CONVERSATIONS)),
            **{name: pick(GOOD[name]) for name in ("kind", "urgency", "category")},
        )
        handling = pick(HANDLINGS)
        if pick((True, False)):
            self.act("enter", self.city.desks[handling].open, appeal, STAFF[0])
        else:
            self.act("open", self.city.tickets[handling].open, appeal)

    def work(self) -> None:
        """A step by somebody who has the ticket."""
        ticket = self.any_ticket(("local",))
        having = [one for one in STAFF if one.department and one.department in (ticket["department"], *ticket["joint"])]
        having += [one for one in STAFF if {"operator", "supervisor"} & set(one.roles)]
        having = [STAFF[1]] if ticket["audience"] else having
        self.desk_step(ticket, self.chance.choice(having))

    def interfere(self) -> None:
        """A step by anybody."""
        self.desk_step(self.any_ticket(), self.chance.choice(STAFF))

    def desk_step(self, ticket: dict[str, Any], actor: Actor) -> None:
        name = self.step(ticket, actor.roles)
        fields = self.city.fields(self.chance, name, ticket["handled_by"])
        take = self.city.desks["local"].take
        self.act(f"desk {name}", take, ticket["number"], name, actor, fields, self.version(ticket))

    def step_without_account(self) -> None:
        role = self.chance.choice(OTHERS)
        ticket = self.any_ticket(("hotline",) if role == "hotline" else HANDLINGS)
        name = self.step(ticket, (role,))
        fields = self.city.fields(self.chance, name, ticket["handled_by"])
        self.act(f"{role} {name}", self.city.take, ticket["number"], name, role, fields)

    def citizen(self) -> None:
        ticket, words = self.any_ticket(), self.chance.choice((*WORDS, ""))
        fitting = ("rate", "reopen") if ticket["state"] in ("answered", "closed") else ("urge", "supplement", "join")
        acts = ("urge", "supplement", "rate", "reopen", "join", "withdraw")
        act = self.chance.choice(fitting if self.chance.random() < 0.7 else acts)
        said = {"rate": (self.chance.random() < 0.5, "satisfied", words), "join": ()}.get(act, (words,))
        own = act != "join" and self.chance.random() < 0.9  # "" is whoever has the code, on the ticket's page
        conversation = self.chance.choice((ticket["conversation"] or "", "") if own else CONVERSATIONS)
        take = getattr(self.city.tickets["local"], act)
        self.act(f"citizen's {act}", take, ticket["number"], *said, conversation=conversation)

    def callback(self) -> None:
        ticket = self.any_ticket(("hotline",))
        step = lifecycle().steps[self.step(ticket, ("hotline",))]
        kind = step.callback or self.chance.choice(sorted(CALLBACKS))
        fields = self.city.fields(self.chance, CALLBACKS[kind].name, ticket["handled_by"])
        sequence = ticket["callback_sequence"] + self.chance.choice((1, 1, 1, 1, 2, 0))
        data = {"ticket": ticket["number"], "sequence": sequence} | fields
        known = [row["webhook_id"] for row in self.known["callbacks"] if self.chance.random() < 0.1]
        webhook_id, genuine = (known or [uuid4().hex])[0], self.chance.random() < 0.95
        self.act(f"callback {kind}", self.city.call, kind, data, webhook_id, genuine)

    def merge(self) -> None:
        ticket, main, actor = self.any_ticket(("local",)), self.any_ticket(), self.chance.choice(STAFF[:3])
        merge = self.city.desks["local"].merge
        self.act("merge", merge, ticket["number"], main["number"], actor, self.version(ticket))

    def split(self) -> None:
        ticket, actor = self.any_ticket(("local",)), self.chance.choice(STAFF[:3])
        split = self.city.desks[self.chance.choice(HANDLINGS)].split
        self.act("split", split, ticket["number"], f"还有噪音 {PHONE}", "park", actor, self.version(ticket))

    def time(self) -> None:
        self.act("time passes", self.city.clock.move, hours=self.chance.choice((1, 5, 25, 72, 24 * 8, 24 * 16)))

    def worker(self) -> None:
        self.act("worker", self.city.overdue.attend)
        nobody_waits_in_vain(self.city, self.tickets)


def live(city: City, actions: int, derandomize: bool) -> None:
    """At least so many random actions, a hundred in each city."""
    while city.actions < actions:
        examples = -(-(actions - city.actions) // ACTIONS_EACH)
        how = settings(
            max_examples=examples,
            stateful_step_count=ACTIONS_EACH,
            deadline=None,
            database=None,
            derandomize=derandomize,
            phases=(Phase.generate,),  # making a failure smaller would act thousands of times more
            suppress_health_check=list(HealthCheck),
        )
        run_state_machine_as_test(lambda: Life(city), settings=how)  # type: ignore[arg-type]  # any factory will do


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with clock_at("2026-09-21 09:00") as clock:
        database = Database(f"sqlite:///{tmp_path / 'wenzheng.db'}")
        yield City(database, tmp_path, clock)
        database.close()


def test_three_hundred_random_actions_leave_every_life_sound(city: City) -> None:
    live(city, 300, derandomize=True)


@pytest.mark.prove
@pytest.mark.timeout(7200)
def test_ten_thousand_random_actions_leave_every_life_sound(city: City, capsys: pytest.CaptureFixture[str]) -> None:
    live(city, 10_000, derandomize=False)
    tell(city, capsys)
    steps = lifecycle().steps.items()
    possible = {(name, handled_by) for name, step in steps for handled_by, line in step.rules.items() if line.by}
    assert {(name, handled_by) for name, handled_by, _ in city.taken} == possible, "some step was never taken"


@pytest.mark.prove
@pytest.mark.timeout(3600)
def test_a_thousand_random_actions_leave_every_life_sound_on_postgresql(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with postgresql_database() as url, clock_at("2026-09-21 09:00") as clock:
        city = City(Database(url), tmp_path, clock)
        live(city, 1_000, derandomize=False)
        tell(city, capsys)
        city.database.close()


def tell(city: City, capsys: pytest.CaptureFixture[str]) -> None:
    """Say how much was done."""
    with capsys.disabled():
        name, done, refused = city.database.url.get_backend_name(), city.done.total(), city.refused.total()
        print(f"\n{city.actions} random actions on {name}: {done} done, {refused} refused")
        print(json.dumps(dict(sorted(city.done.items())), ensure_ascii=False))
