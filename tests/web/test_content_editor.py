"""Writing an entry: nothing is lost, nobody is overwritten, and what is written is never run."""

import json
import re

import pytest
from werkzeug.datastructures import MultiDict

from foundation.audit import log
from knowledge.drafts import Drafts
from knowledge.entry import parse
from knowledge.publishing import CORPUS
from knowledge.store import Store
from staff import sessions
from tests.hotline.support import rows
from tests.web.content_pages import ENTRY, PAGE, TEXT, Team, hidden, saved, seeded, shown
from web.content.form import Fields, fields_of, text_of

CHANGED = TEXT.replace("title: 身份证丢了怎么补", "title: 身份证丢了咋补")
SCRIPT = "<script>alert(1)</script>"


def test_the_form_gives_every_entry_of_the_corpus_back_as_it_was() -> None:
    for path in sorted(CORPUS.glob("*/*.md")):
        entry = parse(path.read_text(encoding="utf-8"))
        fields = fields_of(path.read_text(encoding="utf-8"))
        assert parse(text_of(as_sent(fields), entry.id)) == entry, path.name


def as_sent(fields: Fields) -> "MultiDict[str, str]":
    """The form that a browser sends when nobody changed anything."""
    days = ("checked_on", "review_by", "valid_from", "valid_to")
    pairs = [(name, fields.one(name)) for name in ("title", "domain", "kind", "region", *days)]
    pairs += [("lead", fields.lead), ("plain", fields.plain)]
    pairs += [(name, fields.lines(name)) for name in ("questions", "official_names", "related")]
    pairs += [(f"facet.{name}", text) for name, text in fields.facets.items()]
    for name in ("not_for", "sources", "links"):
        pairs += [(f"{name}.{part}", value) for row in fields.rows(name) for part, value in row.items()]
    return MultiDict(pairs)


def test_what_is_saved_is_there_again_and_is_not_published(team: Team) -> None:
    visitor = team.member("bian-ji", "editor")
    assert "草稿存好了" in saved(visitor, CHANGED)
    assert "身份证丢了咋补" in visitor.see(PAGE)
    assert seeded(team.desk).current(ENTRY).entry.title == "身份证丢了怎么补"
    acts = [(row["actor"], row["act"]) for row in rows(team.desk.database, log)]
    assert acts == [("bian-ji", "content.draft")]


def test_two_people_saving_one_entry_the_second_sees_both_and_loses_nothing(team: Team) -> None:
    first, second = team.member("bian-ji", "editor"), team.member("xiao-wang", "editor")
    opened = second.see(f"{PAGE}?mode=text")
    saved(first, CHANGED)
    page = saved(second, TEXT.replace("40元", "45元"), page=opened)
    assert second.status == 409
    assert "bian-ji 的姓名刚才保存过这一条" in page and re.search(r"<del>[^/]*</span>咋", page)
    assert "45元" in page, "what was written is still there"
    draft = Drafts(team.desk.database).of(ENTRY)
    assert draft and draft.markdown == CHANGED
    saved(second, TEXT.replace("40元", "45元"), page=page)
    draft = Drafts(team.desk.database).of(ENTRY)
    assert draft and "45元" in draft.markdown and draft.authors == ("bian-ji", "xiao-wang")


def test_a_window_from_before_a_publish_is_shown_what_is_published_since(team: Team) -> None:
    visitor, store = team.member("bian-ji", "editor"), Store(team.desk.database)
    opened = visitor.see(f"{PAGE}?mode=text")
    with team.desk.database.writing() as connection:
        store.publish(connection, {ENTRY: store.append(connection, CHANGED, "xiao-wang", "ke-zhang")})
    page = saved(visitor, TEXT.replace("40元", "45元"), page=opened, act="submit")
    assert visitor.status == 409 and "刚才保存过这一条" in page and re.search(r"<del>[^/]*</span>咋", page)
    assert Drafts(team.desk.database).of(ENTRY) is None and hidden(page, "base") == "2"


def test_people_who_have_one_entry_open_are_told_of_each_other(team: Team) -> None:
    first, second = team.member("bian-ji", "editor"), team.member("xiao-wang", "editor")
    first.send(f"{PAGE}/here", PAGE)
    assert json.loads(second.send(f"{PAGE}/here", PAGE)) == {"others": ["bian-ji 的姓名"]}
    assert "bian-ji 的姓名也打开着这一条" in second.see(PAGE)
    assert "xiao-wang 的姓名也打开着这一条" in first.see(PAGE)


def test_a_page_that_saves_by_itself_is_told_how_it_went(team: Team) -> None:
    client = team.client("bian-ji", "editor")
    page = client.get(f"{PAGE}?mode=text").text
    form = {"form_token": hidden(page, "form_token"), "version": "0", "base": "1", "markdown": CHANGED}
    told = client.post(f"{PAGE}/save", data=form, headers={"Accept": "application/json"})
    assert told.json == {"version": 1, "base": 1, "state": "有草稿"}
    again = client.post(f"{PAGE}/save", data=form, headers={"Accept": "application/json"})
    assert again.json == told.json, "sent twice is kept once"
    other = client.post(f"{PAGE}/save", data=form | {"markdown": TEXT}, headers={"Accept": "application/json"})
    assert (other.status_code, other.json) == (409, {"by": "bian-ji 的姓名"})


def test_a_session_that_is_lost_while_writing_leaves_the_draft_where_it_was(team: Team) -> None:
    client = team.client("bian-ji", "editor")
    page = client.get(f"{PAGE}?mode=text").text
    form = {"form_token": hidden(page, "form_token"), "version": "0", "base": "1", "markdown": CHANGED}
    assert client.post(f"{PAGE}/save", data=form, headers={"Accept": "application/json"}).status_code == 200
    with team.desk.database.writing() as connection:
        sessions.end_all(connection, "bian-ji")
    lost = client.post(f"{PAGE}/save", data=form | {"version": "1", "markdown": TEXT})
    assert lost.status_code == 302 and lost.headers["Location"].startswith("/desk/login")
    assert "身份证丢了咋补" in team.client("bian-ji").get(PAGE).text


@pytest.mark.parametrize("field", ["title", "domain", "lead", "plain", "questions", "official_names", "related"])
def test_a_script_in_any_field_is_shown_as_words_and_never_run(team: Team, field: str) -> None:
    visitor = team.member("bian-ji", "editor")
    page = visitor.see(PAGE)
    form = {"version": "0", "base": "1", "kind": "procedure", "title": "标题", field: f'{SCRIPT}" onload="x'}
    visitor.send(f"{PAGE}/save", PAGE, **form)
    for address in (PAGE, f"{PAGE}?mode=text", f"{PAGE}/review", "/content", "/content/publishing"):
        page = visitor.see(address)
        assert visitor.status == 200 and SCRIPT not in page and '" onload="x' not in page, address
    assert "&lt;script&gt;" in visitor.see(f"{PAGE}?mode=text")


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: [\n---\n",
        "---\na: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\ntitle: *c\n---\n",
        "没有开头的资料",
        "---\nid: id-card-lost\n---\n## 没有这种\n话",
        "\0",
        "",
    ],
)
def test_a_text_that_is_no_entry_is_kept_and_can_be_mended_but_not_submitted(team: Team, text: str) -> None:
    visitor = team.member("bian-ji", "editor")
    saved(visitor, text)
    assert visitor.status == 200
    page = saved(visitor, text, act="submit")
    assert visitor.status == 422 and "还不能交审" in page and "交审前还要补" in page
    draft = Drafts(team.desk.database).of(ENTRY)
    assert draft and draft.state == "draft"


def test_the_preview_shows_the_card_and_better_words_beside_the_text(team: Team) -> None:
    visitor = team.member("bian-ji", "editor")
    text = TEXT.replace("身份证丢了，您住的地方就能补", "申请人应当依法予以补领，逾期不予受理，您住的地方就能补")
    page = shown(visitor.send(f"{PAGE}/preview", PAGE, markdown=text))
    assert "申请人应当依法予以补领" in page and "可以写" in page and "必须改" in page
    assert Drafts(team.desk.database).of(ENTRY) is None, "a look keeps nothing"


def test_a_card_in_the_preview_is_the_card_of_the_chat(team: Team) -> None:
    page = team.member("bian-ji", "editor").see(PAGE)
    [given] = re.findall(r"data-card='([^']*)'", page)
    card = json.loads(given)
    assert card["type"] == "card" and "工本费40元" in card["lead"]
    assert card["sources"][0]["title"] == "中华人民共和国居民身份证法"
    assert "{{" not in str(card["facets"]), "what differs by place is filled in"
    assert card["sample"], "nobody signed what citizens read now"


def test_the_preview_names_the_related_entries_that_citizens_can_read(team: Team) -> None:
    visitor, related = team.member("bian-ji", "editor"), "related: [id-card-renew, no-such]"
    text = re.sub(r"^related:.*$", related, TEXT, flags=re.MULTILINE)
    assert related in text
    page = visitor.send(f"{PAGE}/preview", PAGE, markdown=text)
    [given] = re.findall(r"data-card='([^']*)'", page)
    titles = [one["title"] for one in json.loads(given)["related"]]
    assert titles == [Store(team.desk.database).current("id-card-renew").entry.title]
    assert not json.loads(given)["sample"], "it is signed with its approval"


def test_a_new_entry_begins_empty_and_is_kept_under_its_id(team: Team) -> None:
    visitor = team.member("bian-ji", "editor")
    page = visitor.send("/content/new", "/content", id="lost-and-found", title="东西丢了去哪找", kind="procedure")
    assert "东西丢了去哪找" in page and Drafts(team.desk.database).of("lost-and-found") is None
    saved(visitor, "---\nid: lost-and-found\ntitle: 东西丢了去哪找\n---\n先写到这里。\n", "lost-and-found")
    draft = Drafts(team.desk.database).of("lost-and-found")
    assert draft and (draft.base, draft.title) == (0, "东西丢了去哪找")
    assert "东西丢了去哪找" in visitor.see("/content?state=new")


@pytest.mark.parametrize("id", ["", "a b", "../x", "publishing", "try", "basis", "a" * 81])
def test_an_id_that_cannot_be_is_refused(team: Team, id: str) -> None:
    visitor = team.member("bian-ji", "editor")
    page = visitor.send("/content/new", "/content", id=id, title="x", kind="rule")
    assert "编号" in page and visitor.status == 200 and "知识条目" in page


@pytest.mark.parametrize("number", [-1, 0, 2, 99999999999999999999])
def test_a_version_that_there_is_not_is_not_found(team: Team, number: int) -> None:
    visitor = team.member("bian-ji", "editor")
    for act in (f"?new={number}", f"?new=1&old={number or 2}"):
        visitor.see(f"{PAGE}/versions{act}")
        assert visitor.status == 404, act
    visitor.send(f"{PAGE}/versions/{number}/restore", f"{PAGE}/versions")
    assert visitor.status == 404 and Drafts(team.desk.database).of(ENTRY) is None


def test_those_who_only_look_have_no_buttons(team: Team) -> None:
    page = team.member("shen-ji", "auditor").see(PAGE)
    assert "保存草稿" not in page and "fieldset disabled" in page
