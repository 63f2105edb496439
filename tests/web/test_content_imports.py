"""Import by page: looked at first, then drafts; files of any kind, size and malice."""

import csv
import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from foundation.audit import Audit, log
from knowledge.drafts import Drafts
from knowledge.importing.staging import staged
from tests.hotline.support import rows
from tests.knowledge.import_files import as_csv, as_xlsx
from tests.web.content_pages import ENTRY, Team

PAGE = "/content/imports"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def client(team: Team) -> FlaskClient:
    return team.client("bian-ji", "editor")


def token(client: FlaskClient) -> str:
    return str(re.findall(r'name="form_token" value="(\w+)"', client.get(PAGE).text)[0])


def sent(client: FlaskClient, *files: tuple[str, bytes]) -> TestResponse:
    """Choose these files, and see what importing them would do."""
    data: dict[str, Any] = {"form_token": token(client), "files": [(io.BytesIO(data), name) for name, data in files]}
    return client.post(PAGE, data=data, content_type="multipart/form-data")


def looked(client: FlaskClient, *files: tuple[str, bytes]) -> tuple[str, str]:
    """The address of the dry run and its page."""
    address = sent(client, *files).headers["Location"]
    return address, client.get(address).text


def taken(client: FlaskClient, address: str, **form: str) -> str:
    data = {"form_token": token(client), **form}
    return client.post(f"{address}/take", data=data, follow_redirects=True).text


def test_what_was_done_with_an_entry_is_found_under_it_an_import_too(team: Team, client: FlaskClient) -> None:
    written = team.client("lin", "editor")
    first, _ = looked(written, ("条目.xlsx", as_xlsx({}, {"编号": ENTRY, "标题": "身份证丢了咋补"}).data))
    taken(written, first)
    address, _ = looked(client, ("条目.xlsx", as_xlsx({}, {"编号": ENTRY, "标题": "身份证掉了"}).data))
    taken(client, address, over="yes")
    drafts = {one.entry: one for one in Drafts(team.desk.database).by_state("draft")}
    under = [
        (row["actor"], row["facts"]["draft"])
        for row in rows(team.desk.database, log)
        if row["subject"] == f"entry:{ENTRY}"
    ]
    assert under == [("lin", f"{drafts[ENTRY].id}@1"), ("bian-ji", f"{drafts[ENTRY].id}@2")]
    assert [row["act"] for row in rows(team.desk.database, log) if row["subject"].startswith("entry:")] == [
        "content.import"
    ] * 3
    with team.desk.database.reading() as connection:
        assert list(Audit(team.desk.settings.secret_key).broken(connection)) == []


def test_a_file_is_looked_at_and_nothing_is_written_until_it_is_taken(team: Team, client: FlaskClient) -> None:
    given = as_xlsx({}, {"编号": ENTRY, "标题": "身份证丢了咋补"}, {"编号": "bad", "类型": "通知"})
    address, page = looked(client, ("条目.xlsx", given.data))
    for said in (
        "新增 <strong>1</strong>",
        "有改动 <strong>1</strong>",
        "有错 <strong>1</strong>",
        "条目.xlsx 第 4 行",
    ):
        assert said in page
    assert "只能是办事、规定或联系方式" in page and "还没有导入" in page
    assert Drafts(team.desk.database).by_state("draft") == []
    assert rows(team.desk.database, log) == []
    assert "导入好了：2 份草稿" in taken(client, address)
    assert {draft.entry for draft in Drafts(team.desk.database).by_state("draft")} == {"wild-animal", ENTRY}
    act, *under = rows(team.desk.database, log)
    assert [row["subject"] for row in under] == ["entry:wild-animal", f"entry:{ENTRY}"]
    assert (act["actor"], act["act"], act["facts"]) == ("bian-ji", "content.import", {"changed": 1, "new": 1})
    assert rows(team.desk.database, staged) == [], "the files are gone"
    assert "已经不在了" in taken(client, address), "twice does nothing twice"
    assert len(Drafts(team.desk.database).by_state("draft")) == 2


def test_more_drafts_than_a_page_lists_are_still_counted(team: Team, client: FlaskClient) -> None:
    lines = [{"编号": f"x-{number}", "标题": f"第{number}条", "类型": "通知"} for number in range(503)]
    address, _ = looked(client, ("a.csv", as_csv(*lines).data))
    assert "导入好了：503 份草稿" in taken(client, address, faulty="yes")
    page = client.get("/content/publishing").text
    assert "503 份，这里先列最近改的 500 份" in page and page.count('aria-label="交审 ') == 500


def test_those_in_error_become_unfinished_drafts_where_that_is_chosen(team: Team, client: FlaskClient) -> None:
    address, _ = looked(client, ("a.csv", as_csv({"类型": "通知"}).data))
    assert "导入好了：1 份草稿" in taken(client, address, faulty="yes")
    assert client.get("/content/wild-animal").status_code == 200


def test_a_colleagues_draft_is_kept_unless_it_is_to_be_replaced(team: Team, client: FlaskClient) -> None:
    other = team.client("xiao-wang", "editor")
    address, _ = looked(other, ("a.csv", as_csv({}).data))
    taken(other, address)
    address, page = looked(client, ("a.csv", as_csv({"标题": "捡到小动物"}).data))
    assert "xiao-wang还没发布的草稿" in page and 'name="over"' in page
    assert "没有可以导入的" in taken(client, address)
    address, _ = looked(client, ("a.csv", as_csv({"标题": "捡到小动物"}).data))
    taken(client, address, over="yes")
    draft = Drafts(team.desk.database).of("wild-animal")
    assert draft and draft.authors == ("xiao-wang", "bian-ji")


def test_anothers_files_are_not_there_for_me(team: Team, client: FlaskClient) -> None:
    address, _ = looked(client, ("a.csv", as_csv({}).data))
    other = team.client("xiao-wang", "editor")
    for path in (address, f"{address}/report.csv"):
        assert other.get(path).status_code == 422
    taken(other, address)
    assert Drafts(team.desk.database).by_state("draft") == []


def test_scripts_in_file_names_and_cells_are_shown_and_never_run(client: FlaskClient) -> None:
    _, page = looked(client, (f"{SCRIPT}.csv", as_csv({"标题": SCRIPT, "编号": SCRIPT}).data))
    assert SCRIPT not in page and "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [("a.pdf", b"%PDF", "不认识“a.pdf”"), ("a.xlsx", b"PK", "打不开"), ("a.csv", b"x,y\n1,2", "没有认出列名")],
)
def test_a_file_that_cannot_be_read_is_refused_on_the_page(
    client: FlaskClient, name: str, data: bytes, said: str
) -> None:
    answer = client.get(sent(client, (name, data)).headers["Location"])
    assert answer.status_code == 422 and said in answer.text


def test_two_hundred_megabytes_are_refused_by_their_length_in_words(client: FlaskClient) -> None:
    answer = client.post(
        PAGE,
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(200 * 1024 * 1024)},
        headers={"X-Form-Token": token(client)},
    )
    assert answer.status_code == 413
    assert "一次最多导入 40 MB，这次有 200 MB" in answer.text


def test_no_file_is_said(client: FlaskClient) -> None:
    assert "请先选择文件" in sent(client).text


def test_the_report_has_every_row_and_no_formula(client: FlaskClient) -> None:
    hostile = {"编号": "bad", "标题": "+cmd", "类型": "通知"}
    address, page = looked(
        client, ("a.csv", as_csv(*[{"编号": f"x-{n}", "类型": "x"} for n in range(250)], hostile).data)
    )
    assert "先列 200 条" in page and page.count("<tr>") < 210
    lines = list(csv.reader(io.StringIO(client.get(f"{address}/report.csv").text.removeprefix("\ufeff"))))
    assert len(lines) == 252
    assert lines[-1][2] == "'+cmd" and lines[1][0] == "a.csv 第 2 行"


def test_what_is_not_wanted_is_forgotten(team: Team, client: FlaskClient) -> None:
    address, _ = looked(client, ("a.csv", as_csv({}).data))
    client.post(f"{address}/drop", data={"form_token": token(client)})
    assert rows(team.desk.database, staged) == []


@pytest.mark.parametrize("name", ["entries.zip", "entries.csv", "entries.xlsx", "template.csv", "template.xlsx"])
def test_everything_published_goes_out_and_comes_in_as_the_same(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/content/exports/{name}")
    assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
    _, page = looked(client, (name, answer.data))
    assert "没有读到条目" in page if name.startswith("template") else "没有变化 <strong>3</strong>" in page


def test_a_supervisor_takes_entries_out_and_brings_none_in(team: Team) -> None:
    supervisor = team.client("du-ban", "supervisor")
    assert supervisor.get("/content/exports/entries.csv").status_code == 200
    assert supervisor.get(PAGE).status_code == 403
    assert supervisor.get("/content/exports/secrets").status_code == 404
