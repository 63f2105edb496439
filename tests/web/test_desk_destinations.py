"""The desk's page of receivers: their secrets, and what may not be entered."""

import re

import pytest

from tests.hotline.archive import ARCHIVE, enter, entries, send_to
from tests.hotline.receiver import Receiver
from tests.hotline.support import Desk, everything_at_rest
from tests.hotline.test_addresses import resolving_to
from tests.web.visitor import signed_in

SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]+")


def test_a_receivers_secret_is_shown_once_and_lies_nowhere_in_clear(desk: Desk, archive: Receiver) -> None:
    visitor = signed_in(desk, "administrator")
    page = visitor.send("/desk/destinations", "/desk/destinations", name=ARCHIVE, url=archive.url)
    [secret] = SECRET.findall(page)
    again = visitor.see("/desk/destinations")
    assert ARCHIVE in again and not SECRET.search(again)
    assert secret not in everything_at_rest(desk.database)
    page = visitor.send("/desk/destinations/rotate", "/desk/destinations", name=ARCHIVE, mark=entries(desk)[1].mark)
    [new] = SECRET.findall(page)
    desk.open()
    send_to(desk, 1)
    assert len(archive.requests[0].headers["webhook-signature"].split()) == 2
    assert new != secret and not SECRET.search(visitor.see("/desk/destinations"))


def test_a_second_click_on_rotate_changes_nothing(desk: Desk, archive: Receiver) -> None:
    enter(desk, archive.url)
    mark, visitor = entries(desk)[1].mark, signed_in(desk, "administrator")
    visitor.send("/desk/destinations/rotate", "/desk/destinations", name=ARCHIVE, mark=mark)
    after = entries(desk)[1].mark
    page = visitor.send("/desk/destinations/rotate", "/desk/destinations", name=ARCHIVE, mark=mark)
    assert visitor.status == 409 and "已经换过" in page and not SECRET.search(page)
    assert entries(desk)[1].mark == after


def test_removing_asks_once_more(desk: Desk, archive: Receiver) -> None:
    enter(desk, archive.url)
    visitor = signed_in(desk, "administrator")
    assert "真的删除" in visitor.send("/desk/destinations/remove", "/desk/destinations", name=ARCHIVE)
    assert len(entries(desk)) == 2
    assert "已删除" in visitor.send("/desk/destinations/remove", "/desk/destinations", name=ARCHIVE, sure="yes")
    assert len(entries(desk)) == 1
    visitor.send("/desk/destinations/remove", "/desk/destinations", name="hotline", sure="yes")
    assert visitor.status == 404


def test_the_citys_hotline_is_shown_without_anything_to_change(desk: Desk) -> None:
    page = signed_in(desk, "administrator").see("/desk/destinations")
    assert desk.settings.hotline_url in page and "这里不能改" in page
    assert "换密钥" not in page


@pytest.mark.parametrize(
    ("name", "url", "field", "why"),
    [
        (ARCHIVE, "https://169.254.169.254/", "url", "元数据地址"),
        (ARCHIVE, "https://203.0.113.9/", "url", "不在允许的网段里"),
        (ARCHIVE, "http://archive.example/", "url", "只能用 https"),
        (ARCHIVE, "archive", "url", "http://"),
        (ARCHIVE, "https://nobody.invalid/", "url", "解析不了"),
        ("hotline", "https://127.0.0.1/", "name", "不能叫 hotline"),
    ],
)
def test_a_refusal_stands_in_words_beside_its_field(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str, url: str, field: str, why: str
) -> None:
    desk.settings.webhook_networks += ",198.51.100.0/24"
    if "example" in url:
        resolving_to(monkeypatch, "198.51.100.7")
    visitor = signed_in(desk, "administrator")
    page = visitor.send("/desk/destinations", "/desk/destinations", name=name, url=url)
    assert visitor.status == 422
    [problem] = re.findall(rf'id="{field}-problem" role="alert">([^<]*)<', page)
    assert why in problem
    assert f'value="{url}"' in page, "what was written is still there"
    assert len(entries(desk)) == 1
