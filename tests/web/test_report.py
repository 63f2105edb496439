"""The report page as a plain form: what opens a ticket, what is said beside which field, and that nothing is lost."""

import html
import re
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hotline.tables import ticket_events, ticket_followers, tickets, uploads
from tests.hotline.photos import bomb, photo
from tests.hotline.support import PHONE, Desk, everything_at_rest, in_threads, rows
from web import create_app

WORDS = {"kind": "求助", "what": "路灯坏了好几天", "place": "湖滨街道幸福路12号", "time": "昨晚", "contact": PHONE}


def browser(desk: Desk, **settings: Any) -> FlaskClient:
    return create_app(desk.settings.copy(update={"messages_per_minute": 0} | settings)).test_client()


def instance(client: FlaskClient) -> str:
    return str(re.findall(r'name="instance" value="(\w{32})"', client.get("/report").text)[0])


def send(client: FlaskClient, *files: bytes, **form: Any) -> TestResponse:
    photos = [(BytesIO(data), f"IMG_{place}.jpg") for place, data in enumerate(files, start=1)]
    data = {"instance": instance(client)} | WORDS | form | {"photo": photos}
    return client.post("/report", data=data, content_type="multipart/form-data")


def kept(page: str) -> list[str]:
    return re.findall(r'name="picture" value="(\w+)" checked', page)


def beside(page: str, field: str) -> str:
    """What is said beside a field."""
    found = re.search(rf'id="{field}-problem">([^<]*)<', page)
    return html.unescape(found[1]) if found else ""


def test_a_report_opens_a_ticket_and_says_number_code_and_link(desk: Desk) -> None:
    client = browser(desk)
    answer = send(client, photo(), photo(64, 64))
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    [ticket] = rows(desk.database, tickets)
    assert ticket["number"] in answer.text
    assert re.search(r"查询码 <strong>[A-Z2-9]{8}</strong>", answer.text)
    [link] = re.findall(r'href="https://wenzheng.example(/t/[\w-]{22})"', answer.text)
    assert "路灯坏了好几天" in client.get(link).text
    assert (ticket["channel"], ticket["kind"], ticket["street"]) == ("report", "求助", "湖滨街道")
    assert [row["ticket"] for row in rows(desk.database, uploads)] == [ticket["number"]] * 2
    assert PHONE not in everything_at_rest(desk.database)
    assert desk.bodies(ticket["number"])[0]["data"]["attachments"][1]["width"] == 64


def test_a_report_needs_neither_pictures_nor_a_phone(desk: Desk) -> None:
    assert send(browser(desk), contact="", time="").status_code == 200
    [ticket] = rows(desk.database, tickets)
    assert (ticket["contact"], ticket["latitude"], ticket["anonymous"]) == ("", None, False)


def test_sent_twice_it_is_one_ticket_with_the_same_code(desk: Desk) -> None:
    client = browser(desk)
    same = instance(client)
    first, again = send(client, photo(), instance=same), send(client, photo(), instance=same)
    assert first.status_code == again.status_code == 200
    codes = re.findall(r"<strong>([A-Z2-9]{8})</strong>", first.text + again.text)
    assert len(rows(desk.database, tickets)) == 1 and len(codes) == 2 and codes[0] == codes[1]


def test_sent_twice_at_once_it_is_one_ticket(desk: Desk) -> None:
    client = browser(desk)
    same = instance(client)
    answers = in_threads(4, lambda _: send(client.application.test_client(), instance=same).status_code)
    assert answers == [200] * 4
    assert len(rows(desk.database, tickets)) == len(rows(desk.database, ticket_events)) == 1


def test_nobody_gets_anothers_ticket_by_choosing_the_name_of_a_form(desk: Desk) -> None:
    for chosen in ("1", "", "x" * 200):
        for client in (browser(desk), browser(desk)):
            assert send(client, instance=chosen).status_code == 200
    assert len(rows(desk.database, tickets)) == 6


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"what": " \u200b"}, "what", "什么事"),
        ({"what": "我" * 1001}, "what", "1001"),
        ({"place": ""}, "place", "在哪里"),
        ({"place": "路" * 201}, "place", "太长"),
        ({"time": "晚" * 61}, "time", "太长"),
        ({"contact": "12345"}, "contact", "手机号"),
        ({"anonymous": "1"}, "contact", "匿名"),
        ({"kind": "表扬"}, "kind", "选一种"),
        ({"latitude": "91", "longitude": "0", "place": ""}, "place", "在哪里"),
        ({"latitude": "nan", "longitude": "nan", "place": ""}, "place", "在哪里"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(
    desk: Desk, given: dict[str, str], field: str, words: str
) -> None:
    answer = send(browser(desk), photo(), **given)
    assert answer.status_code == 422 and not rows(desk.database, tickets)
    assert words in beside(answer.text, field)
    for name, value in (WORDS | given).items():
        if name not in (field, "kind", "anonymous", "latitude", "longitude"):
            assert value in answer.text
    assert len(kept(answer.text)) == 1, "the picture would have to be chosen again"


def test_pictures_that_were_kept_go_into_the_report_and_the_others_do_not(desk: Desk) -> None:
    client = browser(desk)
    wrong = send(client, photo(), photo(), what="")
    [first, second] = kept(wrong.text)
    assert client.get(f"/report/pictures/{first}").mimetype == "image/jpeg"
    assert browser(desk).get(f"/report/pictures/{first}").status_code == 404
    assert client.get("/report/pictures/..%2f..%2fsecrets.json").status_code == 404
    assert send(client, picture=[second]).status_code == 200
    assert {row["id"]: bool(row["ticket"]) for row in rows(desk.database, uploads)} == {first: False, second: True}
    assert client.get(f"/report/pictures/{second}").status_code == 404


def test_nine_pictures_are_accepted_and_ten_refused_with_the_words_kept(desk: Desk) -> None:
    client = browser(desk)
    answer = send(client, *[photo()] * 10)
    assert answer.status_code == 422 and "最多 9 张，您选了 10 张" in beside(answer.text, "pictures")
    assert WORDS["what"] in answer.text and not rows(desk.database, uploads)
    earlier = kept(send(client, *[photo()] * 5, what="").text)
    assert send(client, *[photo()] * 5, picture=earlier).status_code == 422
    assert send(client, *[photo()] * 4, picture=earlier).status_code == 200
    [ticket] = rows(desk.database, tickets)
    assert len(desk.bodies(ticket["number"])[0]["data"]["attachments"]) == 9


def test_ten_kept_pictures_are_refused_too(desk: Desk) -> None:
    client = browser(desk)
    names = kept(send(client, *[photo()] * 9, what="").text) + kept(send(client, photo(), what="").text)
    answer = send(client, picture=names)
    assert answer.status_code == 422 and "您选了 10 张" in beside(answer.text, "pictures")


def test_of_several_pictures_the_bad_ones_are_named_and_the_good_ones_kept(desk: Desk) -> None:
    answer = send(browser(desk), photo(), b"%PDF-1.7", bomb())
    assert answer.status_code == 422 and len(kept(answer.text)) == 1
    assert beside(answer.text, "pictures").startswith("IMG_2.jpg：这不是能收的图片")


def test_pictures_of_others_open_nothing(desk: Desk) -> None:
    [theirs] = kept(send(browser(desk), photo(), what="").text)
    answer = send(browser(desk), picture=[theirs, "0" * 32])
    assert answer.status_code == 422 and "重新选" in beside(answer.text, "pictures")
    assert not kept(answer.text) and WORDS["what"] in answer.text and not rows(desk.database, tickets)


def test_place_and_time_come_from_the_picture_with_consent_only(desk: Desk) -> None:
    nowhere = {"place": "", "time": "", "contact": ""}
    assert send(browser(desk), photo(), **nowhere).status_code == 422
    assert send(browser(desk), photo(), consent="1", **nowhere).status_code == 200
    [ticket] = rows(desk.database, tickets)
    assert (ticket["latitude"], ticket["longitude"]) == (30.25, 120.17)
    assert ticket["time_of_event"] == "2026-11-20 14:05（照片里记的）"


def test_what_was_said_and_shared_comes_before_what_the_picture_knows(desk: Desk) -> None:
    send(browser(desk), photo(), consent="1", latitude="31.5", longitude="121.5")
    [ticket] = rows(desk.database, tickets)
    assert (ticket["latitude"], ticket["longitude"], ticket["time_of_event"]) == (31.5, 121.5, "昨晚")


def test_an_anonymous_report_leads_to_nobody(desk: Desk) -> None:
    answer = send(browser(desk), anonymous="1", contact="")
    assert answer.status_code == 200 and "匿名" in answer.text
    [ticket] = rows(desk.database, tickets)
    assert ticket["anonymous"] and not ticket["contact"] and not ticket["conversation"]
    assert "conversation" not in desk.bodies(ticket["number"])[0]["data"]


def test_danger_is_answered_with_its_number_first(desk: Desk) -> None:
    answer = send(browser(desk), what="楼下着火了，烟很大")
    assert answer.status_code == 200
    assert 0 < answer.text.index("119") < answer.text.index("工单号")


def test_markup_is_only_text(desk: Desk) -> None:
    script = "<script>alert(1)</script>"
    for answer in (
        send(browser(desk), what=script),
        send(browser(desk), what=script, place=f"{script}路", contact="1"),
    ):
        assert script not in answer.text and "&lt;script&gt;" in answer.text


def test_too_fast_is_said_above_the_form_and_nothing_is_lost(desk: Desk) -> None:
    client = browser(desk, messages_per_minute=2)
    answers = [send(client) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "歇一会儿" in answers[-1].text and WORDS["what"] in answers[-1].text


def test_a_form_that_is_far_too_large_is_refused_in_words(desk: Desk) -> None:
    answer = send(browser(desk), bytes(120 * 1024 * 1024))
    assert answer.status_code == 413 and "少选几张" in answer.text
    assert not rows(desk.database, uploads)


def published(desk: Desk) -> str:
    """The number of somebody else's open ticket whose summary anyone may read."""
    number = desk.open(what="湖滨街道幸福路的路灯坏了好几天", place=WORDS["place"])
    desk.staff(number, "publish", "operator", summary="幸福路路灯坏了好几天")
    return number


def test_what_others_reported_nearby_is_offered_before_a_ticket_is_made(desk: Desk) -> None:
    number, client = published(desk), browser(desk)
    offered = send(client)
    assert "附近已有 1 人反映" in offered.text and "幸福路路灯坏了好几天" in offered.text
    assert len(rows(desk.database, tickets)) == 1
    joined = send(client, nearby=number)
    assert "已经帮您跟进" in joined.text and number in joined.text
    assert len(rows(desk.database, tickets)) == 1
    [follower] = rows(desk.database, ticket_followers)
    assert follower["ticket"] == number


def test_who_says_that_it_is_another_matter_gets_a_ticket(desk: Desk) -> None:
    published(desk)
    assert "查询码" in send(browser(desk), nearby="own").text
    assert len(rows(desk.database, tickets)) == 2


@pytest.mark.parametrize("kind", ["举报", "建议"])
def test_some_kinds_are_never_joined_with_others(desk: Desk, kind: str) -> None:
    published(desk)
    assert "查询码" in send(browser(desk), kind=kind).text
