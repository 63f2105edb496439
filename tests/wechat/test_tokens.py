"""The access token: renewed once for everybody, never given out when it is known to be bad."""

import threading
from collections import Counter
from datetime import timedelta

import pytest

from foundation.clock import now
from tests.hotline.clock import Clock
from tests.hotline.support import Desk, everything_at_rest, in_threads
from tests.wechat.account import OPENID, with_account
from tests.wechat.platform import MENU, PLAIN, SEND, STABLE, FakePlatform
from wechat.errors import PlatformDown, PlatformRefused
from wechat.platform import Platform
from wechat.tokens import Tokens


def ours(desk: Desk, wechat: FakePlatform) -> Platform:
    return Platform(desk.database, desk.vault, with_account(desk.settings, wechat.url))


def test_one_token_serves_many_processes_and_lies_sealed(desk: Desk, wechat: FakePlatform) -> None:
    processes = [ours(desk, wechat) for _ in range(6)]
    in_threads(6, lambda place: processes[place].send_text(OPENID, "您好"))
    assert len(wechat.called(STABLE)) == 1 and len(wechat.texts()) == 6
    assert "token-1" not in everything_at_rest(desk.database)


def test_it_is_renewed_five_minutes_before_its_end_by_one(desk: Desk, wechat: FakePlatform, clock: Clock) -> None:
    platform = ours(desk, wechat)
    platform.send_text(OPENID, "一")
    clock.move(seconds=7200 - 301)
    platform.send_text(OPENID, "二")
    assert len(wechat.called(STABLE)) == 1
    clock.move(seconds=2)
    in_threads(4, lambda _: ours(desk, wechat).send_text(OPENID, "三"))
    assert len(wechat.called(STABLE)) == 2


def test_while_one_renews_it_the_others_use_the_old_one(desk: Desk) -> None:
    asked, let_go = threading.Event(), threading.Event()

    def slow(force: bool) -> tuple[str, int]:
        asked.set()
        assert let_go.wait(60)
        return "new", 7200

    Tokens(desk.database, desk.vault, "app", lambda force: ("old", 200)).current()
    thread = threading.Thread(target=Tokens(desk.database, desk.vault, "app", slow).current)
    thread.start()
    assert asked.wait(60)
    others = Tokens(desk.database, desk.vault, "app", lambda force: pytest.fail("two renew it"))
    assert others.current() == "old"
    let_go.set()
    thread.join()
    assert others.current() == "new"


def test_a_revoked_token_is_renewed_once_and_the_call_taken(desk: Desk, wechat: FakePlatform) -> None:
    ours(desk, wechat).send_text(OPENID, "一")
    wechat.revoke()
    in_threads(4, lambda place: ours(desk, wechat).send_text(OPENID, str(place)))
    assert sorted(wechat.texts()) == ["0", "1", "2", "3", "一"]
    assert len(wechat.called(STABLE)) == 2
    assert [body.get("force_refresh") for body in wechat.called(STABLE)] == [False, False]


def test_a_token_that_is_given_out_again_although_it_is_bad_is_forced(desk: Desk, wechat: FakePlatform) -> None:
    platform = ours(desk, wechat)
    wechat.codes[SEND] = [42001]
    platform.send_text(OPENID, "一")
    assert [body["force_refresh"] for body in wechat.called(STABLE)] == [False, False, True]
    assert wechat.texts() == ["一"]


def test_a_token_that_stays_bad_is_not_renewed_again_and_again(desk: Desk, wechat: FakePlatform) -> None:
    wechat.codes[SEND] = [40001, 40014, 40001]
    with pytest.raises(PlatformRefused) as refused:
        ours(desk, wechat).send_text(OPENID, "一")
    assert refused.value.code == 40014 and refused.value.is_passing
    assert Counter(path for path, _, _ in wechat.calls)[SEND] == 2


def test_where_there_is_no_stable_token_the_plain_one_serves(desk: Desk, wechat: FakePlatform) -> None:
    wechat.has_stable = False
    ours(desk, wechat).set_menu({"button": []})
    assert len(wechat.called(PLAIN)) == 1 and len(wechat.called(MENU)) == 1


def test_a_wrong_secret_is_told_and_blocks_nobody(desk: Desk, wechat: FakePlatform) -> None:
    wechat.codes[STABLE] = [40125]
    with pytest.raises(PlatformRefused) as refused:
        ours(desk, wechat).send_text(OPENID, "一")
    assert refused.value.code == 40125
    ours(desk, wechat).send_text(OPENID, "二")
    assert wechat.texts() == ["二"]


def test_a_process_that_died_while_renewing_is_waited_for_no_longer_than_its_turn(desk: Desk, clock: Clock) -> None:
    died = Tokens(desk.database, desk.vault, "app", lambda force: ("never", 1))
    assert died._take_turn("")
    later = Tokens(desk.database, desk.vault, "app", lambda force: ("new", 7200))
    clock.at = now() + timedelta(seconds=26)
    assert later.current() == "new"


def test_a_platform_that_is_down_or_talks_nonsense_is_down(desk: Desk, wechat: FakePlatform) -> None:
    wechat.is_down = True
    with pytest.raises(PlatformDown):
        ours(desk, wechat).send_text(OPENID, "一")
    nobody = Platform(desk.database, desk.vault, with_account(desk.settings, "http://127.0.0.1:9"))
    with pytest.raises(PlatformDown) as down:
        nobody.send_text(OPENID, "一")
    assert "secret" not in str(down.value) and "ssss" not in str(down.value)


def test_words_travel_as_themselves(desk: Desk, wechat: FakePlatform) -> None:
    platform = ours(desk, wechat)
    platform.send_text(OPENID, "“您好”\n😀")
    assert wechat.texts() == ["“您好”\n😀"]
    wechat.files["m1"] = b"\xff\xd8\xff" + b"x" * 100
    assert platform.file("m1", 1000) == wechat.files["m1"]
    assert len(platform.file("m1", 50)) == 51
    with pytest.raises(PlatformRefused):
        platform.file("gone", 50)
