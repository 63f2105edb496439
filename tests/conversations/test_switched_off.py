"""What citizens are told in the chat while administrators have switched a part off, and in which tone."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from foundation.clock import now
from tests.service import CONTROLS_SECONDS, Service

Change = Callable[[str, Any], None]


@pytest.fixture
def change(service: Service) -> Iterator[Change]:
    """Changes a control as another process does; afterwards everything is as it was."""
    controls = service.controls
    changed: list[str] = []

    def make(name: str, value: Any) -> None:
        controls.change(name, controls.current(name).version, value, "admin", "演练")
        changed.append(name)
        time.sleep(CONTROLS_SECONDS)

    yield make
    for name in reversed(changed):
        controls.undo(name, controls.current(name).version, "admin")
    time.sleep(CONTROLS_SECONDS)


def off(reason: str) -> dict[str, str]:
    return {"reason": reason, "until": (now() + timedelta(hours=1)).isoformat()}


def test_while_no_tickets_are_taken_the_form_does_not_begin_and_questions_are_answered(
    service: Service, change: Change
) -> None:
    change("off:tickets", off("平台升级。"))
    told = service.say("我家楼下路灯坏了好几天没人管")
    assert [reply["origin"]["id"] for reply in told["replies"]] == ["utter_tickets_paused"]
    assert told["outcome"] == "unavailable" and "平台升级。" in told["replies"][0]["text"]
    assert service.say("身份证丢了怎么补", told["conversation"])["outcome"] == "answered"
    again = service.say("路灯还是坏的，没人管", told["conversation"])
    assert again["outcome"] == "unavailable"


def test_a_form_that_had_begun_ends_without_a_ticket(service: Service, change: Change) -> None:
    answers = service.talk("我家楼下路灯坏了好几天没人管", "建设路12号阳光小区3号楼", "匿名")
    change("off:tickets", off("平台升级。"))
    ended = service.say("确认", answers[-1]["conversation"])
    assert ended["outcome"] == "unavailable"
    assert service.say("你好", answers[-1]["conversation"])["outcome"] == "small_talk", "the form is over"


def test_the_tone_changes_while_everything_runs(service: Service, change: Change) -> None:
    before = service.say("你好")["replies"][0]["text"]
    change("tone", "lively")
    after = service.say("你好")["replies"][0]["text"]
    assert "办事小搭子" in after and "办事小搭子" not in before
