"""What the second look makes of a yes or no, by the question that stands."""

from typing import Any

import pytest
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.second_look import SecondLook

DOMAIN = Domain.load("domain.yml")
ACTION = {"rate": "action_rate_ticket", "withdraw": "action_withdraw_ticket"}


def asked(act: str) -> list[Event]:
    """A question about a ticket, as the action leaves it."""
    return [ActionExecuted(ACTION[act]), SlotSet("ticket_act", {"act": act, "number": "1"})]


def looked(events: list[Event], text: str, intent: str, confidence: float = 0.9) -> tuple[str, str | None]:
    """The intent and the choice that come out."""
    tracker = DialogueStateTracker.from_events("c1", [*events, ActionExecuted(ACTION_LISTEN_NAME)], slots=DOMAIN.slots)
    message = Message({TEXT: text, INTENT: {"name": intent, "confidence": confidence}, ENTITIES: []})
    SecondLook(SecondLook.get_default_config()).process([message], tracker)
    entities: list[dict[str, Any]] = message.get(ENTITIES)
    return message.get(INTENT)["name"], next((one["value"] for one in entities if one["entity"] == "choice"), None)


@pytest.mark.parametrize("act", ACTION)
@pytest.mark.parametrize(
    ("text", "intent", "confidence", "answer"),
    [("是的", "affirm", 0.9, "yes"), ("没有", "deny", 0.9, "none"), ("还没", "deny", 0.5, "none")],
)
def test_yes_or_no_answers_what_was_asked_about_a_ticket(
    act: str, text: str, intent: str, confidence: float, answer: str
) -> None:
    assert looked(asked(act), text, intent, confidence) == (act, answer)
    offered = [ActionExecuted("action_answer"), SlotSet("offered_ticket", True), SlotSet("topic", "a")]
    assert looked([*offered, *asked(act)], text, intent, confidence) == (act, answer)


@pytest.mark.parametrize("act", ACTION)
@pytest.mark.parametrize(("text", "confidence"), [("可以吗", 0.9), ("要", 0.4)])
def test_a_yes_that_is_in_doubt_answers_nothing(act: str, text: str, confidence: float) -> None:
    assert looked(asked(act), text, "affirm", confidence) == ("affirm", None)


@pytest.mark.parametrize("act", ACTION)
@pytest.mark.parametrize(
    "since",
    [
        [ActionExecuted("action_ticket_progress")],
        [ActionExecuted("action_withdraw_ticket")],  # it failed before it asked
        [ActionExecuted("action_session_start"), SlotSet("ticket_act", {"act": "withdraw", "number": "1"})],
        [SlotSet("ticket_act", None)],
    ],
)
def test_a_question_that_was_not_just_asked_is_not_answered(act: str, since: list[Event]) -> None:
    assert looked([*asked(act), *since], "是的", "affirm") == ("affirm", None)


def test_words_that_are_asked_for_are_left_to_the_form() -> None:
    begun = [ActionExecuted("action_rate_ticket"), SlotSet("ticket_act", {"act": "reopen", "number": "1"})]
    assert looked(begun, "没有", "deny") == ("deny", None)
    assert looked([*asked("rate"), ActiveLoop("ticket_form")], "没有", "deny") == ("deny", None)


def test_yes_to_an_offered_ticket_is_a_report_and_a_button_is_left_alone() -> None:
    offered: list[Event] = [ActionExecuted("action_answer"), SlotSet("offered_ticket", True)]
    assert looked(offered, "是的", "affirm") == ("report", None)
    assert looked(asked("withdraw"), "/withdraw", "withdraw", 1.0) == ("withdraw", None)
