"""The page of the trace: found, checked, taken out; nobody but auditors and administrators sees it."""

import ast
import json
from collections.abc import Iterator

import pytest
from sqlalchemy import delete, update

from foundation.audit import Audit, log
from hotline.lifecycle import lifecycle
from tests.hotline.support import Desk, rows
from tests.test_repository import PACKAGES, ROOT, in_yaml
from tests.web.visitor import Visitor, signed_in

PAGE = "/admin/audit"
STAFF = {"operator", "officer", "supervisor"}
WRAPPED = {
    "commands/users": "account.",
    "web/admin/accounts": "account.",
    "web/desk/second_factor": "account.second_factor_",
    "web/content": "content.",
    "conversations/handover/staff": "conversations.",
}
PUT_TOGETHER = {
    "account": "locked sign_in_failed second_factor_off second_factor_codes",
    "content": "approve send_back accept_source drop_source undo_source",
    "control": "change undo",
    "conversations": "closed given_back",
    "delivery": "replay skip",
    "demo": "fill",
    "destination": "resume",
    "picture": "approve blur",
    "ticket": "enter code",
}


@pytest.fixture
def auditor(desk: Desk) -> Visitor:
    with desk.database.writing() as connection:
        for place in range(60):
            Audit("secret").note(connection, "li", "ticket.accept", f"ticket:{place}", {"position": 2})
        Audit("secret").note(connection, "<b>wang</b>", "<i>burn</i>", "<u>x</u>", {"why": "<s>"})
    return signed_in(desk, "auditor")


def test_the_newest_come_first_fifty_at_a_time_and_nothing_is_taken_for_html(auditor: Visitor) -> None:
    page = auditor.see(PAGE)
    assert page.index("&lt;i&gt;burn") < page.index("ticket:59") < page.index("ticket:11")
    assert "ticket:10<" not in page and "before=12" in page
    assert not [tag for tag in ("<b>", "<i>", "<u>", "<s>") if tag in page]
    assert "受理" in page, "acts are called what people call them"
    older = auditor.see(f"{PAGE}?before=12")
    assert "ticket:10<" in older and "更早的" not in older


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("subject=ticket:7", 1),
        ("actor=nobody", 0),
        ("act=ticket.accept&until=2020-01-01", 0),
        ("since=nonsense&before=x", 50),
    ],
)
def test_it_is_narrowed_down(auditor: Visitor, query: str, count: int) -> None:
    page = auditor.see(f"{PAGE}?{query}")
    assert (auditor.status, page.count('<td class="number">')) == (200, count)


def test_checking_says_whether_the_chain_holds(desk: Desk, auditor: Visitor) -> None:
    assert "有账号 one-auditor，却没有新建它的记录" in auditor.send(f"{PAGE}/verify", PAGE)
    with desk.database.writing() as connection:
        Audit("secret").note(connection, "command", "account.add", "account:one-auditor")
    last = f"62:{rows(desk.database, log)[-1]['digest']}"
    assert last in auditor.see(PAGE), "to be kept elsewhere"
    assert "62 条记录完好。" in auditor.send(f"{PAGE}/verify", PAGE)
    assert "62 条记录完好，和存下的摘要对得上。" in auditor.send(f"{PAGE}/verify", PAGE, expect=last)
    page = auditor.send(f"{PAGE}/verify", PAGE, expect="<b>62:abc")
    assert "存下的摘要 &lt;b&gt;62:abc 在记录里找不到" in page and "完好" not in page
    with desk.database.writing() as connection:
        connection.execute(update(log).where(log.c.number == 7).values(actor="zhao"))
        connection.execute(delete(log).where(log.c.number > 59))
    page = auditor.send(f"{PAGE}/verify", PAGE)
    assert "第 7 条被改过" in page and "第 60 到 62 条不见了" in page and "完好" not in page


def test_what_is_found_is_taken_out_as_a_file_and_that_leaves_a_row(desk: Desk, auditor: Visitor) -> None:
    lines = auditor.send(f"{PAGE}/export", PAGE, form="jsonl", actor="li").splitlines()
    assert len(lines) == 60 and json.loads(lines[0])["subject"] == "ticket:59"
    sheet = auditor.send(f"{PAGE}/export", PAGE, form="csv")
    assert sheet.startswith("\ufeffnumber,at,actor") and sheet.count("\n") == 1 + 63
    acts = [(row["actor"], row["act"], row["subject"]) for row in rows(desk.database, log)[61:]]
    assert acts == [("one-auditor", "audit.export", "audit:jsonl"), ("one-auditor", "audit.export", "audit:csv")]
    auditor.send(f"{PAGE}/export", PAGE, form="exe")
    assert auditor.status == 400


def written() -> Iterator[str]:
    """Every act that the code writes; those that are put together while it runs are listed here."""
    steps = {
        name: {role for rule in step.rules.values() for role in rule.by} for name, step in lifecycle().steps.items()
    }
    yield from (f"ticket.{name}" for name, roles in steps.items() if roles & STAFF and name != "submit")
    yield from (f"{family}.{act}" for family, acts in PUT_TOGETHER.items() for act in acts.split())
    for path in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        [prefix] = [short for start, short in WRAPPED.items() if str(path.relative_to(ROOT)).startswith(start)] or [""]
        for call in (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)):
            if ast.unparse(call.func).endswith(("note", "_note", "note_draft")) and len(call.args) > 1:
                given = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
                yield from (act if "." in act else f"{prefix}{act}" for act in given[:1] if "." in act or prefix)


def test_every_act_has_a_name_for_people_and_every_name_an_act() -> None:
    named = in_yaml("web/admin/audit.yml")["acts"]
    assert set(written()) == set(named)
    assert len(set(named.values())) == len(named), "acts are chosen by their names"


@pytest.mark.parametrize("role", ["operator", "editor", "publisher", "officer", "supervisor"])
def test_others_see_nothing_of_it(desk: Desk, role: str) -> None:
    visitor = signed_in(desk, role, "parks" if role == "officer" else "")
    visitor.see(PAGE)
    assert visitor.status == 403
