"""Reports by Open311 become tickets, once, and what can be reported is described."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from foundation.clock import now
from foundation.identifying import TOKEN
from hotline import opening
from hotline.catalogue import catalogue
from hotline.open311 import refusal, reports
from hotline.open311.questions import questions
from hotline.open311.refusal import Refused, words
from hotline.open311.reports import Reports
from hotline.open311.services import definition, services
from hotline.tables import tickets
from tests.hotline.open311 import take
from tests.hotline.support import PHONE, Desk, everything_at_rest, in_threads, rows


def test_a_report_becomes_a_ticket_of_its_category_and_place(desk: Desk) -> None:
    told = take(desk, lat="30.24621", long="120.16537", first_name="三", last_name="张", phone=PHONE, account_id="a1")
    [row] = rows(desk.database, tickets)
    assert (row["number"], row["channel"], row["kind"]) == (told["service_request_id"], "open311", "求助")
    assert (row["category"], row["what"], row["place"]) == ("street-light", "路灯坏了", "湖滨街道幸福路")
    assert (row["district"], row["street"], row["latitude"]) == ("east", "湖滨街道", 30.24621)
    assert (row["contact"], row["anonymous"]) == ("张三 〔电话1〕", False)
    assert told["account_id"] == "a1" and "media_url" not in told["service_notice"]


def test_the_notice_gives_the_citizen_what_follows_the_ticket(desk: Desk) -> None:
    told = take(desk, media_url="https://example.org/1.jpg")
    code = told["service_notice"].partition("查询码 ")[2][:8]
    assert desk.tickets.by_number_and_code(told["service_request_id"], code)
    assert "media_url 里的图片没有收取" in told["service_notice"]
    token = told["service_notice"].rpartition("/t/")[2]
    [of_token] = Reports(desk.database, desk.vault, desk.settings).number_of(token)
    assert of_token["service_request_id"] == told["service_request_id"]


@pytest.mark.parametrize(
    "phone",
    [PHONE, "+86 138-1234-5678", "0571-88012345", "(0571) 8801 2345", "8801 2345", "6512345", "+1 555 010 9999"],
)
def test_a_phone_of_any_form_stands_nowhere_at_rest_in_clear(desk: Desk, phone: str) -> None:
    number = take(desk, phone=phone, email="zhang@example.org", description=f"路灯坏了，打{PHONE}找我")[
        "service_request_id"
    ]
    [row] = rows(desk.database, tickets)
    assert not re.search(r"\d", TOKEN.sub("", row["contact"]))
    at_rest = everything_at_rest(desk.database)
    assert not [clear for clear in (phone, PHONE, "zhang@example.org") if clear in at_rest]
    with desk.database.reading() as connection:
        assert desk.vault.reveal(connection, f"ticket:{number}", row["contact"]) == f"{phone} zhang@example.org"


def test_who_gives_no_name_and_no_number_is_anonymous(desk: Desk) -> None:
    take(desk)
    assert [row["anonymous"] for row in rows(desk.database, tickets)] == [True]


@pytest.mark.parametrize(
    ("name", "given", "status"),
    [
        ("service_code", "", 400),
        ("service_code", "no-such-thing", 404),
        ("service_code", "theft", 404),  # known, but its tickets are never public
        ("address_string", "", 400),
        ("lat", "30.2", 400),
        ("description", "路" * 4001, 400),
        ("phone", "没有", 400),
        ("email", "zhang at example.org", 400),
        ("attribute[pole]", "x" * 301, 400),
        ("attribute[extent]", "everything", 400),
        ("attribute[colour]", "red", 400),
    ],
)
def test_what_no_ticket_can_be_made_of_is_refused_in_words(desk: Desk, name: str, given: str, status: int) -> None:
    with pytest.raises(Refused) as refused:
        take(desk, **{name: given})
    assert refused.value.status == status and str(refused.value).endswith("。")
    assert not rows(desk.database, tickets)


@pytest.mark.parametrize(("lat", "long"), [("91", "0"), ("0", "181"), ("nan", "0"), ("inf", "0"), ("north", "0")])
def test_a_place_that_is_nowhere_on_earth_is_refused(desk: Desk, lat: str, long: str) -> None:
    with pytest.raises(Refused):
        take(desk, lat=lat, long=long)


def test_answers_to_a_categorys_questions_are_added_to_the_words(desk: Desk) -> None:
    manhole: dict[str, Any] = {"service_code": "manhole", "attribute[fault][]": ["broken", "noisy"]}
    take(desk, **manhole)
    assert rows(desk.database, tickets)[0]["what"] == "路灯坏了\n井盖怎么了：破了、车压过有响声"
    with pytest.raises(Refused, match=r"attribute\[line\]"):
        take(desk, service_code="bus")
    several: tuple[dict[str, Any], ...] = ({"degrees": "暖"}, {"degrees": ["1", "2"]}, {"since": "昨天"})
    for wrong in several:
        with pytest.raises(Refused):
            take(desk, service_code="heating-cold", **{f"attribute[{name}]": value for name, value in wrong.items()})
    take(desk, service_code="heating-cold", description="", **{"attribute[degrees]": "14.5"})
    assert rows(desk.database, tickets)[1]["what"] == "暖气不热\n屋里多少度：14.5"


def test_equal_reports_of_one_key_within_a_minute_are_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    start = now().replace(second=50, microsecond=0)

    def at(seconds: float, **other: Any) -> str:
        for module in (reports, opening):
            monkeypatch.setattr(module, "now", lambda: start + timedelta(seconds=seconds))
        return str(take(desk, **other)["service_request_id"])

    first = at(0)
    assert at(5) == at(15) == at(59) == first, "also over the turn of the minute"
    assert at(20, key="other") != first and at(20, description="路灯又坏了") != first
    second = at(61)
    assert second != first and at(80) == second


def test_one_report_sent_eight_times_at_once_is_one_ticket(desk: Desk) -> None:
    told = in_threads(8, lambda _: take(desk))
    assert len({(one["service_request_id"], one["service_notice"]) for one in told}) == 1
    assert len(rows(desk.database, tickets)) == 1


def test_services_are_the_public_categories() -> None:
    listed = {one["service_code"]: one for one in services()}
    assert set(listed) == {leaf.id for leaf in catalogue().categories.values() if leaf.public}
    assert listed["street-light"]["group"] == "市容环卫" and listed["street-light"]["metadata"] is True
    assert listed["street-stalls"]["keywords"] == "市容环卫,街面秩序,占道摆摊,店外经营"
    assert listed["dogs"]["metadata"] is False and definition("dogs")["attributes"] == []


def test_every_question_is_about_a_public_category_and_has_a_known_form() -> None:
    codes = {one["service_code"] for one in services()}
    for category in yaml.safe_load(Path(refusal.__file__).with_name("questions.yml").read_text(encoding="utf-8")):
        assert category in codes
        for question in questions(category):
            assert question.datatype in ("string", "text", "number", "datetime", "singlevaluelist", "multivaluelist")
            assert bool(question.values) == question.datatype.endswith("list")


def test_every_refusal_is_a_sentence_with_a_status_of_the_specification() -> None:
    for name, about in words()["refusals"].items():
        known = (503,) if name == "paused" else (400, 403, 404)  # any service may say that it is down for a while
        assert about["status"] in known and about["says"].endswith("。")
