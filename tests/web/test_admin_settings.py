"""Settings by page: changed with a reason, refused in words, undone, and what citizens then read."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from conversations import keys
from foundation.audit import log
from foundation.control_changes import changes
from foundation.controls import Controls
from hotline.catalogue import catalogue
from hotline.tables import tickets
from tests.hotline.clock import Clock
from tests.hotline.support import Desk, rows
from tests.web.fake_rasa import FakeRasa
from tests.web.visitor import Visitor, signed_in
from web import create_app

LATER, EARLIER = "2026-09-21T18:00", "2026-09-20T18:00"
STORM = "今天有台风，您先别出门。急事打 12345。"
REPORT = {"what": "幸福路的路灯坏了", "place": "幸福路 3 号", "kind": "投诉", "anonymous": "1"}


@pytest.fixture
def desk(desk: Desk, clock: Clock, rasa: FakeRasa) -> Desk:
    return desk.with_settings(messages_per_minute=0, rasa_url=rasa.url)


@pytest.fixture
def admin(desk: Desk) -> Visitor:
    return signed_in(desk, "administrator")


@pytest.fixture
def citizen(desk: Desk, admin: Visitor) -> FlaskClient:
    """A browser at the same process as the administrator's."""
    return admin._client.application.test_client()


def version(admin: Visitor, name: str, part: str = "") -> str:
    """Of the first form of a setting that is on the page."""
    page = admin.see("/admin")
    forms = re.findall(rf'<form[^>]*action="/admin/settings/{name}".*?</form>', page, re.DOTALL)
    [form, *_] = [one for one in forms if not part or f'value="{part}"' in one]
    return str(re.findall(r'name="version" value="(\d+)"', form)[0])


def change(admin: Visitor, kind: str, **form: Any) -> str:
    given = {"version": version(admin, kind, form.get("part", "")), "reason": "演练", **form}
    return admin.send(f"/admin/settings/{kind}", "/admin", **given)


def say(citizen: FlaskClient, text: str, **headers: str) -> dict[str, Any]:
    body = {"conversation": None, "client_id": f"one of a kind {text} {headers}"[:90], "text": text}
    answer: dict[str, Any] = citizen.post("/api/v1/messages", json=body, headers=headers).json or {}
    return answer


def problem(page: str) -> str:
    return "".join(re.findall(r'role="alert">([^<]+)<', page))


def test_a_notice_stands_on_top_of_the_citizens_pages_until_it_is_taken_down(
    desk: Desk, admin: Visitor, citizen: FlaskClient, clock: Clock
) -> None:
    assert "已保存" in change(admin, "notices", text=STORM, until="2026-09-21T10:00", grave="1")
    for address in ("/chat", "/report", "/board"):
        page = citizen.get(address).text
        assert STORM in page and 'role="alert" data-notice' in page, address
    clock.set("2026-09-21 10:00")
    assert STORM not in citizen.get("/chat").text
    clock.set("2026-09-21 09:30")
    page = admin.see("/admin")
    name = re.findall(r'name="remove" value="(\w+)"', page)[0]
    change(admin, "notices", remove=name)
    assert STORM not in citizen.get("/chat").text
    assert [row["act"] for row in rows(desk.database, log)] == ["control.change"] * 2


@pytest.mark.parametrize(
    ("form", "word"),
    [
        ({"text": ""}, "请写公告"),
        ({"text": "好" * 121}, "最多 120"),
        ({"text": STORM, "until": EARLIER}, "将来"),
        ({"text": STORM, "until": "soon"}, "日期和时间"),
        ({"text": STORM, "since": "2026-09-21T19:00"}, "晚于开始"),
        ({"text": STORM, "reason": " "}, "为什么"),
        ({"text": "经批准后方可对逾期未予缴纳之费用进行补缴，特此通告。"}, "好懂"),
    ],
)
def test_a_notice_that_cannot_be_is_refused_and_stays_in_the_form(
    desk: Desk, admin: Visitor, form: dict[str, str], word: str
) -> None:
    page = change(admin, "notices", **{"until": LATER, **form})
    assert admin.status == 422 and word in problem(page)
    assert form["text"] in page
    assert rows(desk.database, changes) == []


def test_html_in_a_notice_is_shown_as_it_was_typed(admin: Visitor, citizen: FlaskClient) -> None:
    change(admin, "notices", text="<script>x</script>您好", until=LATER)
    page = citizen.get("/chat").text
    assert "<script>x" not in page and "&lt;script&gt;x" in page


def test_two_administrators_at_once_the_second_is_told(desk: Desk, admin: Visitor) -> None:
    seen = version(admin, "tone")
    change(admin, "tone", tone="warm")
    page = change(admin, "tone", tone="lively", version=seen)
    assert admin.status == 409 and "别人刚改过" in problem(page)
    assert Controls(desk.database, desk.settings).tone("") == "warm"
    for forged in ("", "x", "-1", "9" * 30):
        change(admin, "tone", tone="lively", version=forged)
        assert admin.status == 400


def test_one_click_undoes_a_change(desk: Desk, admin: Visitor) -> None:
    change(admin, "hours", workdays="1", opens="08:00", closes="20:00")
    assert "工作日 8:00–20:00" in admin.see("/admin")
    assert "已撤销" in admin.send("/admin/undo", "/admin", name="hours", version="1")
    assert "工作日 9:00–17:30" in admin.see("/admin")
    assert [row["act"] for row in rows(desk.database, log)] == ["control.change", "control.undo"]
    admin.send("/admin/undo", "/admin", name="off:nothing", version="1")
    assert admin.status == 400


@pytest.mark.parametrize(
    ("kind", "form", "word"),
    [
        ("hours", {"opens": "18:00", "closes": "09:00", "workdays": "1"}, "晚于上班"),
        ("hours", {"opens": "9", "closes": "x", "workdays": "1"}, "09:00"),
        ("hours", {"opens": "09:00+08:00", "closes": "18:00", "workdays": "1"}, "09:00"),
        ("hours", {"opens": "09:00+08:00", "closes": "18:00+08:00", "workdays": "1"}, "09:00"),
        ("hours", {"opens": "09:00:10", "closes": "09:00:20", "workdays": "1"}, "09:00"),
        ("hours", {"opens": "09:00", "closes": "18:00"}, "上班的日子"),
        ("hours", {"opens": "09:00", "closes": "18:00", "weekday": "9"}, "上班的日子"),
        ("retention", {"conversations": "5", "contacts": "90", "pictures": "90"}, "天数"),
        ("retention", {"conversations": "90", "contacts": "-1", "pictures": "９０"}, "天数"),
        ("tone", {"tone": "rude"}, "语气"),
        ("off", {"part": "bot", "until": LATER, "said": ""}, "原因"),
        ("off", {"part": "bot", "until": EARLIER, "said": "升级"}, "将来"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    desk: Desk, admin: Visitor, kind: str, form: dict[str, str], word: str
) -> None:
    page = change(admin, kind, **form)
    assert admin.status == 422 and word in problem(page)
    assert rows(desk.database, changes) == []


def test_people_may_be_there_all_day_and_all_night(desk: Desk, admin: Visitor, clock: Clock) -> None:
    change(admin, "hours", workdays="1", opens="09:00", closes="24:00")
    assert Controls(desk.database, desk.settings).opening_hours().words == "工作日 9:00–24:00"
    page = change(admin, "hours", weekday=list("1234567"), opens="00:00", closes="00:00")
    assert "现在是：每天 24 小时" in page
    controls = Controls(desk.database, desk.settings)
    for text in ("2026-09-21 23:59", "2026-09-22 00:00", "2026-10-01 12:00"):
        clock.set(text)
        assert controls.is_open()


def test_sound_values_are_kept(desk: Desk, admin: Visitor) -> None:
    change(admin, "retention", conversations="0", contacts="90", pictures="3650", confirmed="0-90-3650")
    change(admin, "second_factor", role=["administrator", "king"])
    controls = Controls(desk.database, desk.settings)
    assert controls.current("retention").value == {"conversations": 0, "contacts": 90, "pictures": 3650}
    assert controls.asks_for_second_factor(("administrator",)) and not controls.asks_for_second_factor(("king",))


def test_with_the_bot_off_citizens_are_told_and_danger_is_met_all_the_same(
    admin: Visitor, citizen: FlaskClient, rasa: FakeRasa
) -> None:
    change(admin, "off", part="bot", until=LATER, said="系统升级")
    said = say(citizen, "身份证丢了怎么补")
    assert said["outcome"] == "unavailable"
    assert said["replies"][0]["origin"] == {"kind": "response", "id": "utter_bot_paused", "revision": None}
    assert "9 月 21 日 18:00" in said["replies"][0]["text"] and "系统升级。" in said["replies"][0]["text"]
    assert say(citizen, "着火了救命")["outcome"] == "emergency"
    assert rasa.heard == []
    change(admin, "off", part="bot", on="1")
    assert say(citizen, "现在呢")["outcome"] == "collecting"


def test_a_channel_that_is_off_leaves_the_others_alone(desk: Desk, admin: Visitor, citizen: FlaskClient) -> None:
    with desk.database.writing() as connection:
        app, other = (keys.add(connection, name, 0) for name in ("app", "other"))
    change(admin, "off", part="key:app", until=LATER, said="密钥外泄")
    assert say(citizen, "你好", Authorization=f"Bearer {app}")["replies"][0]["origin"]["id"] == "utter_channel_paused"
    assert say(citizen, "你好", Authorization=f"Bearer {other}")["outcome"] == "collecting"
    assert say(citizen, "你好")["outcome"] == "collecting"
    form = {"api_key": app, "service_code": "lamp", "address_string": "幸福路"}
    answer = citizen.post("/open311/v2/requests.json", data=form)
    assert answer.status_code == 503 and "密钥外泄" in answer.text
    change(admin, "off", part="web", until=LATER, said="升级")
    assert say(citizen, "您好")["replies"][0]["origin"]["id"] == "utter_channel_paused"
    assert citizen.get("/chat").status_code == 200


def test_with_tickets_off_no_citizen_opens_one_and_operators_still_do(
    desk: Desk, admin: Visitor, citizen: FlaskClient
) -> None:
    change(admin, "off", part="tickets", until=LATER, said="平台升级")
    form = {**REPORT, "instance": "i" * 32}
    answer = citizen.post("/report", data=form)
    assert answer.status_code == 503 and "平台升级" in answer.text and REPORT["what"] in answer.text
    with desk.database.writing() as connection:
        key = keys.add(connection, "app", 0)
    code = next(iter(catalogue().categories))
    told = {"api_key": key, "service_code": code, "address_string": "幸福路", "description": "灯坏了"}
    answer = citizen.post("/open311/v2/requests.json", data=told)
    assert answer.status_code == 503 and "平台升级" in answer.text
    operator = signed_in(desk, "operator")
    entered = {"what": "路灯坏了", "kind": "投诉", "urgency": "normal", "channel": "phone", "instance": "j" * 32}
    operator.send("/desk/tickets/new", "/desk/tickets/new", **entered)
    assert (operator.status, len(rows(desk.database, tickets))) == (200, 1)


def test_an_unknown_part_is_not_switched_off(desk: Desk, admin: Visitor) -> None:
    admin.send("/admin/settings/off", "/admin", part="moon", version="0", until=LATER, said="升级", reason="演练")
    assert admin.status == 400 and rows(desk.database, changes) == []


@pytest.mark.parametrize("role", ["operator", "auditor", "supervisor"])
def test_nobody_else_sees_or_changes_settings(desk: Desk, role: str) -> None:
    visitor = signed_in(desk, role)
    visitor.see("/admin")
    assert visitor.status == 403


def test_the_page_works_in_another_process_too(desk: Desk, admin: Visitor) -> None:
    change(admin, "off", part="bot", until=LATER, said="升级")
    fresh = create_app(desk.settings).test_client()
    assert say(fresh, "你好")["replies"][0]["origin"]["id"] == "utter_bot_paused"


def test_what_another_process_just_changed_is_not_lost(desk: Desk, admin: Visitor) -> None:
    change(admin, "notices", text=STORM, until=LATER)
    told = [*Controls(desk.database, desk.settings).current("notices").value]
    Controls(desk.database, desk.settings).change("notices", 1, [*told, told[0] | {"id": "b"}], "other", "台风")
    change(admin, "notices", text="您好，明天系统升级。", until=LATER)
    assert len(Controls(desk.database, desk.settings).notices()) == 3
