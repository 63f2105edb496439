"""What happens to a push that does not arrive: tried again, kept, given later; in order, and by one worker."""

from typing import Any

import pytest

from tests.hotline.clock import Clock
from tests.hotline.support import in_threads, rows
from tests.wechat.account import OPENID
from tests.wechat.citizens import Citizens, states, text
from wechat import pushes
from wechat.inbox import Answer
from wechat.tables import wechat_pushes, wechat_users
from wechat.words import words


@pytest.mark.parametrize("code", [45015, 45047, 48001, 40003, 43004])
def test_what_the_platform_will_not_take_is_kept_and_never_called_sent(citizens: Citizens, code: int) -> None:
    citizens.late(text("好。"), question="身份证丢了")
    assert citizens.push(code) == []
    [row] = rows(citizens.database, wechat_pushes)
    assert (row["state"], row["code"]) == ("kept", str(code))
    after = citizens.asks()
    citizens.answers(after, text("新的。"))
    assert citizens.passive(after) == "刚才您问的“身份证丢了”：\n\n好。\n\n新的。"


@pytest.mark.parametrize("code", [45015, 45047])
def test_what_the_platform_says_of_the_quota_is_believed(citizens: Citizens, code: int) -> None:
    for _ in range(2):
        citizens.late(text("好。"))
    citizens.push(code)
    assert citizens.push() == [] and states(citizens) == ["kept", "kept"]


@pytest.mark.parametrize("failure", [{"down": True}, {"code": -1}, {"code": 40001}, {"code": 40164}])
def test_a_failure_that_passes_is_tried_again_and_uses_nothing_up(
    citizens: Citizens, clock: Clock, failure: dict[str, int]
) -> None:
    citizens.late(text("好。"))
    for _ in range(6):
        assert citizens.push(**failure) == [] and states(citizens) == ["due"]  # type: ignore[arg-type]
        assert citizens.push() == [], "not before its time"
        clock.move(seconds=901)
    assert [out.text for out in citizens.push()] == ["好。"]


def test_after_the_last_try_it_is_kept(citizens: Citizens, clock: Clock) -> None:
    citizens.late(text("好。"))
    for _ in range(7):
        citizens.push(down=True)
        clock.move(seconds=901)
    assert states(citizens) == ["kept"]


def test_what_waits_for_another_try_comes_with_the_next_message(citizens: Citizens) -> None:
    citizens.late(text("好。"))
    citizens.push(down=True)
    after = citizens.asks()
    citizens.answers(after, text("新的。"))
    assert citizens.passive(after) == "刚才您问的：\n\n好。\n\n新的。" and states(citizens) == ["given"]


def test_what_was_to_come_with_a_push_that_failed_is_kept_on(citizens: Citizens) -> None:
    citizens.late(text("一。"))
    citizens.push(48001)
    citizens.late(text("二。"))
    citizens.push(48001)
    assert states(citizens) == ["kept", "kept"]
    citizens.late(text("三。"))
    [out] = citizens.push()
    assert out.text == "刚才您问的：\n\n一。\n\n刚才您问的：\n\n二。\n\n三。"
    assert states(citizens) == ["given", "given", "sent"]


def test_pushes_to_one_citizen_keep_their_order_and_hold_up_nobody_else(citizens: Citizens) -> None:
    for number in range(3):
        citizens.late(text(f"{number}。"))
    citizens.late(text("别人的。"), openid="other")
    assert [out.text for out in citizens.push()] == ["0。", "别人的。"]
    assert [out.text for _ in range(3) for out in citizens.push()] == ["1。", "2。"]


def test_what_failed_comes_with_the_next_push_and_before_it(citizens: Citizens, clock: Clock) -> None:
    citizens.late(text("一。"))
    citizens.push(down=True)
    citizens.late(text("二。"))
    assert [out.text for out in citizens.push()] == ["刚才您问的：\n\n一。\n\n二。"]
    assert states(citizens) == ["given", "sent"] and citizens.push() == []


def test_the_numbers_in_danger_go_out_alone_and_what_was_kept_stays_kept(citizens: Citizens) -> None:
    citizens.late(text("一。"), question="一")
    assert citizens.push(48001) == []
    citizens.late(text("先打 119。", origin={"id": "utter_emergency_fire"}), question="着火了")
    assert [out.text for out in citizens.push()] == ["先打 119。"] and states(citizens) == ["kept", "sent"]
    citizens.late(text("先打 120。", origin={"id": "utter_emergency_medical"}), question="晕倒了")
    assert citizens.push(48001) == [] and states(citizens) == ["kept", "sent", "kept"]
    after = citizens.asks()
    citizens.answers(after, text("新的。"))
    said = citizens.passive(after)
    assert said == "刚才您问的“晕倒了”：\n\n先打 120。\n\n刚才您问的“一”：\n\n一。\n\n新的。", "kept numbers lead"


@pytest.mark.parametrize("kind", [pushes.NOTICE, pushes.PERSON])
def test_what_nobody_asked_for_leaves_the_rest_of_the_answer_before_it_and_news_also_the_numbers(
    citizens: Citizens, kind: str
) -> None:
    whole = "".join(f"第{number}句话说完了。" for number in range(200))
    one, two = ({"title": title, "payload": f"/{title}"} for title in "一二")
    first = citizens.asks()
    citizens.answers(first, text(whole, choices=[one]))
    begun = citizens.passive(first) or ""
    besides(citizens, kind, text("有新进展。"))
    is_news = kind == pushes.NOTICE
    assert offered(citizens) == ([one] if is_news else []), "a number may answer the person"
    besides(citizens, kind, text("满意吗？", choices=[two]))
    assert offered(citizens) == [two], "these numbers are the last that were read"
    more = citizens.asks()
    citizens.inbox.finish(more.id, Answer(is_more=True))
    assert whole.startswith(begun.removesuffix("\n" + words().more) + (citizens.passive(more) or "")[:100])
    besides(citizens, kind, text("很长。" * 300))
    more = citizens.asks()
    citizens.inbox.finish(more.id, Answer(is_more=True))
    assert set(citizens.passive(more) or "") == set("很长。"), "this is what 更多 was said of"


def test_several_workers_send_each_push_once(citizens: Citizens) -> None:
    for place in range(12):
        citizens.late(text("好。"), openid=f"user{place}")
    sent = in_threads(4, lambda _: [out for _ in range(4) for out in citizens.push()])
    assert sorted(out.openid for some in sent for out in some) == sorted(f"user{place}" for place in range(12))


def test_a_worker_that_died_leaves_its_push_to_another(citizens: Citizens, clock: Clock) -> None:
    citizens.late(text("好。"))
    with citizens.database.writing() as connection:
        [died] = pushes.claim(connection, pushes.due(connection, 10), "died")
    assert citizens.push() == []
    clock.move(seconds=61)
    assert len(citizens.push()) == 1
    assert citizens.delivery.outgoing(died, "died") is None


def offered(citizens: Citizens) -> Any:
    """The choices that a number means now."""
    return rows(citizens.database, wechat_users)[0]["offered"]


def besides(citizens: Citizens, kind: str, reply: dict[str, Any]) -> None:
    """Something is pushed that no message asked for."""
    with citizens.database.writing() as connection:
        what = {"conversation": f"c-{OPENID}"[:32], "turn": citizens.turn(reply)}
        pushes.add(connection, f"digest-{OPENID}", kind, **what)
    assert [out.text for out in citizens.push()] != []
