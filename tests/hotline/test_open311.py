"""What the public may read by Open311: only what staff approved, and nothing of anyone."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert

from foundation.clock import now
from hotline.open311.public import PublicRequests
from hotline.open311.query import LONGEST, Query
from hotline.open311.refusal import Refused
from hotline.tables import uploads
from tests.hotline.open311 import change, published, reported, staff
from tests.hotline.support import PHONE, Desk

CODES = ("street-light", "manhole", "dogs", "park")


def found(desk: Desk, **filters: str) -> list[str]:
    query = Query.read({name: [value] for name, value in filters.items()})
    return [one["service_request_id"] for one in PublicRequests(desk.database, desk.settings).found(query)]


def test_only_what_staff_approved_can_be_read(desk: Desk) -> None:
    number = reported(desk, phone=PHONE)
    public = PublicRequests(desk.database, desk.settings)
    assert found(desk) == []
    with pytest.raises(Refused) as unapproved:
        public.one(number)
    for unknown in ("20200101-000001", "1", "' or ''='", "20200101-000001\x00"):
        with pytest.raises(Refused) as never:
            public.one(unknown)
        assert (never.value.status, str(never.value)) == (unapproved.value.status, str(unapproved.value))
    staff(desk, number, "publish", summary="幸福路路灯不亮")
    [one] = public.one(number)
    assert (one["description"], one["status"], one["status_notes"]) == ("幸福路路灯不亮", "open", "已提交")
    staff(desk, number, "hide")
    assert found(desk) == found(desk, service_request_id=number) == []


@pytest.mark.parametrize(
    "values", [{"kind": "举报"}, {"audience": "supervisors"}, {"category": "theft"}, {"category": "no-longer-there"}]
)
def test_a_ticket_that_is_never_public_is_not_read_though_it_has_a_summary(desk: Desk, values: dict[str, str]) -> None:
    shown, hidden = published(desk), published(desk)
    change(desk, hidden, **values)
    assert found(desk) == [shown]
    assert found(desk, service_request_id=f"{hidden},{shown}") == [shown]
    with pytest.raises(Refused):
        PublicRequests(desk.database, desk.settings).one(hidden)


def test_a_public_request_says_nothing_of_anyone(desk: Desk) -> None:
    place = {"lat": "30.246213", "long": "120.165372", "address_string": "湖滨街道幸福路12号3单元501"}
    number = published(desk, f"路灯不亮，电话{PHONE}", phone=PHONE, last_name="欧阳", **place)
    for picture, visibility in enumerate(("staff", "public", "public")):
        with desk.database.writing() as connection:
            about = {"uploader": "u", "ticket": number, "width": 1, "height": 1, "digest": "d", "at": now()}
            row = about | {"id": f"p{picture}", "position": picture, "visibility": visibility}
            connection.execute(insert(uploads).values(**row))
    [one] = PublicRequests(desk.database, desk.settings).one(number)
    assert (one["lat"], one["long"], one["address"]) == (30.246, 120.165, "东湖区湖滨街道")
    assert one["description"] == "路灯不亮，电话（号码已隐去）"
    assert one["media_url"] == "https://wenzheng.example/pictures/p1"
    assert one["requested_datetime"].endswith("+08:00") and one["expected_datetime"] > one["requested_datetime"]
    assert not [word for word in (PHONE, "电话1", "欧阳", "501", "30.2462", "路灯坏了") if word in str(one)]


def test_the_department_and_the_end_are_told(desk: Desk) -> None:
    number = published(desk)
    desk.staff(number, "dispatch", department="urban-management")
    [one] = PublicRequests(desk.database, desk.settings).one(number)
    assert (one["agency_responsible"], one["service_name"]) == ("城市管理局", "路灯不亮")
    desk.staff(number, "reject", reason="court", instead="请去法院")
    ended = now() - timedelta(days=1)
    change(desk, number, closed_at=ended)
    [one] = PublicRequests(desk.database, desk.settings).one(number)
    assert (one["status"], one["status_notes"]) == ("closed", "不予受理")
    assert datetime.fromisoformat(one["updated_datetime"]) == ended.replace(microsecond=0)


def test_filters_and_pages(desk: Desk) -> None:
    light, hole, old, done = (published(desk, service_code=code) for code in CODES)
    change(desk, old, opened_at=now() - LONGEST - timedelta(days=1))
    desk.staff(done, "reject", reason="court")
    assert found(desk) == [done, hole, light], "the latest first, of the last 90 days"
    assert found(desk, service_code="street-light,park,no-such-thing") == [done, light]
    assert found(desk, service_code="no-such-thing") == []
    assert found(desk, status="closed") == [done] and found(desk, status="open") == [hole, light]
    assert found(desk, status="open,closed") == [done, hole, light]
    assert found(desk, service_request_id=f"{old}, {light},x", status="closed") == [light, old], "overrides the others"
    assert found(desk, service_request_id="x") == []
    assert [found(desk, page=page, page_size="2") for page in "123"] == [[done, hole], [light], []]
    before = (now() - timedelta(days=80)).isoformat()
    assert found(desk, end_date=before) == [old]
    assert found(desk, start_date=(now() - LONGEST - timedelta(days=2)).isoformat()) == [old]
    assert found(desk, start_date=before, end_date=now().isoformat()) == [done, hole, light]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "resolved"),
        ("start_date", "yesterday"),
        ("start_date", "2026-01-01T00:00:00"),
        ("start_date", "0001-01-01T00:00:00+08:00"),
        ("end_date", "0001-01-02T00:00:00Z"),
        ("start_date", "9999-12-31T00:00:00Z"),
        ("page", "0"),
        ("page", "二"),
        ("page", "9" * 5000),
        ("page_size", "1001"),
        ("page_size", "-1"),
    ],
)
def test_a_query_that_cannot_be_answered_is_refused(name: str, value: str) -> None:
    with pytest.raises(Refused) as refused:
        Query.read({name: [value]})
    assert refused.value.status == 400


def test_a_range_is_at_most_90_days_and_not_backwards() -> None:
    Query.read({"start_date": ["2026-01-01T00:00:00Z"], "end_date": ["2026-04-01T00:00:00Z"]})
    Query.read({"start_date": ["2026-01-01T08:00:00 08:00"]})
    for start, end in (
        ("2026-01-01T00:00:00Z", "2026-04-01T00:00:01Z"),
        ("2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z"),
    ):
        with pytest.raises(Refused):
            Query.read({"start_date": [start], "end_date": [end]})


def test_a_ticket_without_a_category_can_still_be_read(desk: Desk) -> None:
    number = desk.open()
    staff(desk, number, "publish", summary="路灯不亮")
    [one] = PublicRequests(desk.database, desk.settings).one(number)
    assert (one["service_code"], one["service_name"]) == (None, None)
