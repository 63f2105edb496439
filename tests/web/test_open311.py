"""Open311 GeoReport v2 over HTTP: reported by any program, approved by staff, read back with a client from PyPI."""

import threading
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from georeport import GeoReport
from sqlalchemy import select, update
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from conversations import keys
from hotline.desk import Actor
from hotline.desk import Desk as StaffDesk
from hotline.tables import tickets
from tests.hotline.support import PHONE, Desk, everything_at_rest, rows
from web import create_app

BASE = "/open311/v2"
GIVEN = {"service_code": "street-light", "address_string": "湖滨街道幸福路12号", "description": "路灯坏了三天"}


@pytest.fixture
def app(desk: Desk) -> Flask:
    return create_app(desk.settings.copy(update={"messages_per_minute": 0}))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def key(desk: Desk) -> str:
    return new_key(desk, "city-app", 0)


@pytest.fixture
def endpoint(app: Flask) -> Iterator[str]:
    """The address of the interface, served on a port of this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}{BASE}"
    server.shutdown()
    thread.join()
    server.server_close()


def new_key(desk: Desk, name: str, per_minute: int) -> str:
    with desk.database.writing() as connection:
        return keys.add(connection, name, per_minute)


def post(client: FlaskClient, key: str, form: str = "json", **other: str) -> TestResponse:
    return client.post(f"{BASE}/requests.{form}", data={"api_key": key} | GIVEN | other)


def publish(desk: Desk, number: str, summary: str = "幸福路路灯不亮") -> None:
    with desk.database.reading() as connection:
        version = connection.execute(select(tickets.c.version).where(tickets.c.number == number)).scalar_one()
    operator = Actor("wang", ("operator",))
    StaffDesk(desk.database, desk.vault, desk.settings).take(number, "publish", operator, {"summary": summary}, version)


def refused(response: TestResponse) -> tuple[int, str]:
    """The status and sentence of a refusal, checked for the form that the specification gives."""
    if response.content_type.startswith("text/xml"):
        root = ElementTree.fromstring(response.data)
        assert root.tag == "errors"
        [error] = [{part.tag: part.text or "" for part in one} for one in root.findall("error")]
    else:
        [error] = response.get_json()
    assert int(error["code"]) == response.status_code
    return response.status_code, str(error["description"])


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_report_is_hidden_until_staff_approve_its_summary_and_then_read_back_with_georeport(
    desk: Desk, endpoint: str, key: str, form: str
) -> None:
    reader = GeoReport(endpoint, output_format=form)
    offered = {service["service_code"]: service for service in reader.get_service_list()}
    assert offered["street-light"]["service_name"] == "路灯不亮"
    about = reader.get_service_definition("street-light")
    assert about["service_code"] == "street-light" and "不亮的路灯有多少" in str(about)
    pole = {"attribute[pole]": "A-117", "phone": PHONE, "lat": "30.24621", "long": "120.16537"}
    answer = requests.post(f"{endpoint}/requests.json", data={"api_key": key} | GIVEN | pole, timeout=60)
    assert answer.status_code == 201
    number = answer.json()[0]["service_request_id"]

    assert requests.get(f"{endpoint}/requests.json", timeout=60).json() == []
    with pytest.raises(requests.HTTPError, match="404"):
        reader.get_service_request(number)
    other = requests.post(
        f"{endpoint}/requests.json", data={"api_key": key} | GIVEN | {"service_code": "manhole"}, timeout=60
    )
    publish(desk, number)
    publish(desk, other.json()[0]["service_request_id"], "井盖响")

    one = reader.get_service_request(number)
    assert (one["service_request_id"], one["description"], one["status"]) == (number, "幸福路路灯不亮", "open")
    assert (one["service_code"], one["address"]) == ("street-light", "东湖区湖滨街道")
    assert (float(one["lat"]), float(one["long"])) == (30.246, 120.165)
    assert one in reader.get_service_requests() and len(reader.get_service_requests()) == 2
    assert not [word for word in ("12号", "三天", "A-117", PHONE) if word in str(one)]
    if form == "json":
        assert reader.get_service_requests(service_code="street-light", status="open") == [one]
        assert reader.get_service_requests(status="closed") == []
        assert reader.get_service_requests(service_request_id=number) == [one]
    assert PHONE not in everything_at_rest(desk.database)


def test_the_answer_to_a_report_comes_as_xml_too(client: FlaskClient, key: str) -> None:
    answer = post(client, key, "xml", account_id="<a&1>")
    assert (answer.status_code, answer.content_type) == (201, "text/xml; charset=utf-8")
    assert answer.data.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    [told] = ElementTree.fromstring(answer.data).findall("request")
    assert told.findtext("service_request_id") and told.findtext("account_id") == "<a&1>"
    assert "查询码" in (told.findtext("service_notice") or "")


@pytest.mark.parametrize("form", ["json", "xml"])
def test_refusals_have_the_status_and_form_of_the_specification(client: FlaskClient, key: str, form: str) -> None:
    assert refused(post(client, "wz_wrong", form)) == (403, "没有带 api_key，或者 api_key 不对。")
    assert refused(post(client, "", form))[0] == 403
    assert refused(client.post(f"{BASE}/requests.{form}?api_key={key}", data=GIVEN))[0] == 403, "a URL is no secret"
    assert refused(post(client, key, form, service_code="")) == (400, "没有写 service_code。")
    assert refused(post(client, key, form, service_code="no-such-thing")) == (404, "没有这个 service_code。")
    assert refused(client.get(f"{BASE}/services/no-such-thing.{form}"))[0] == 404
    assert refused(client.get(f"{BASE}/services/theft.{form}"))[0] == 404
    assert refused(client.get(f"{BASE}/requests.{form}?status=gone"))[0] == 400
    assert refused(client.get(f"{BASE}/tokens/nothing.{form}"))[0] == 404
    assert refused(client.get(f"{BASE}/nothing.{form}"))[0] == 404
    assert refused(client.delete(f"{BASE}/requests.{form}"))[0] == 405
    assert refused(post(client, key, form, description="路" * 100_000))[0] == 413


def test_an_unapproved_and_an_unknown_request_are_refused_in_the_same_words(client: FlaskClient, key: str) -> None:
    number = post(client, key).get_json()[0]["service_request_id"]
    unapproved = client.get(f"{BASE}/requests/{number}.json")
    unknown = client.get(f"{BASE}/requests/20200101-000001.json")
    assert refused(unapproved)[0] == 404 and unapproved.data == unknown.data


def test_a_denunciation_is_never_shown(desk: Desk, client: FlaskClient, key: str) -> None:
    number = post(client, key).get_json()[0]["service_request_id"]
    publish(desk, number)
    assert client.get(f"{BASE}/requests/{number}.json").status_code == 200
    with desk.database.writing() as connection:
        connection.execute(update(tickets).values(kind="举报"))
    assert refused(client.get(f"{BASE}/requests/{number}.json"))[0] == 404
    assert client.get(f"{BASE}/requests.json").get_json() == []


def test_signs_of_html_and_control_characters_do_no_harm(desk: Desk, client: FlaskClient, key: str) -> None:
    said = "<script>alert(1)</script> & 路灯\x00\x08坏了\u202e １３８１２３４５６７８"
    number = post(client, key, description=said).get_json()[0]["service_request_id"]
    [row] = rows(desk.database, tickets)
    assert row["what"] == "<script>alert(1)</script> & 路灯 坏了 〔电话1〕"
    publish(desk, number, "<b>路灯</b> & \x01\x1f]]>\ufffe坏了")
    xml = client.get(f"{BASE}/requests/{number}.xml")
    [one] = ElementTree.fromstring(xml.data).findall("request")
    assert one.findtext("description") == "<b>路灯</b> & ]]>坏了"
    answer = client.get(f"{BASE}/requests/{number}.json")
    assert answer.content_type == "application/json; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.get_json()[0]["description"].startswith("<b>路灯</b>")


@pytest.mark.parametrize("name", ["service_request_id", "service_code", "start_date", "status", "page"])
def test_no_query_makes_the_interface_fail(client: FlaskClient, name: str) -> None:
    for value in ("%00", "'", "%ff", "a" * 5000, "%F0%9F%98%80", "9" * 400, ",,,"):
        assert client.get(f"{BASE}/requests.json?{name}={value}").status_code in (200, 400)
    for path in ("requests/%00.json", "services/%00.xml", "tokens/%00.json"):
        assert client.get(f"{BASE}/{path}").status_code == 404


def test_pages_of_requests(desk: Desk, client: FlaskClient, key: str) -> None:
    numbers = [post(client, key, description=f"第{n}盏").get_json()[0]["service_request_id"] for n in range(3)]
    for number in numbers:
        publish(desk, number)
    pages: list[Any] = [client.get(f"{BASE}/requests.json?page_size=2&page={n}").get_json() for n in (1, 2, 3)]
    assert [[one["service_request_id"] for one in page] for page in pages] == [numbers[:0:-1], numbers[:1], []]


def test_a_key_may_report_as_often_a_minute_as_it_was_given(desk: Desk, client: FlaskClient) -> None:
    key = new_key(desk, "slow", 2)
    statuses = [post(client, key, description=f"第{n}盏").status_code for n in range(3)]
    assert statuses == [201, 201, 429]
    limited = post(client, key, "xml")
    assert refused(limited)[0] == 429 and int(limited.headers["Retry-After"]) > 0


def test_the_token_of_a_view_link_gives_the_number(client: FlaskClient, key: str) -> None:
    told = post(client, key).get_json()[0]
    token = told["service_notice"].rpartition("/t/")[2]
    answer = client.get(f"{BASE}/tokens/{token}.json").get_json()
    assert answer == [{"service_request_id": told["service_request_id"], "token": token}]


def test_the_interface_describes_itself(client: FlaskClient) -> None:
    told = client.get(f"{BASE}/discovery.json").get_json()
    assert set(told) == {"changeset", "contact", "key_service", "endpoints"} and all(told.values())
    [endpoint] = told["endpoints"]
    assert endpoint["url"] == "https://wenzheng.example/open311/v2"
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    root = ElementTree.fromstring(client.get(f"{BASE}/discovery.xml").data)
    assert [one.text for one in root.findall("endpoints/endpoint/formats/format")] == endpoint["formats"]
    assert endpoint["formats"] == ["application/json", "text/xml"]
    for service in client.get(f"{BASE}/services.json").get_json()[:5]:
        assert client.get(f"{BASE}/services/{service['service_code']}.xml").status_code == 200
