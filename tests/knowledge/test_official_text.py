"""An official guide: cut into parts by its headings, sources named, nothing added."""

import pytest
import yaml

from knowledge.entry import FACETS, EntryError, parse
from knowledge.importing.faults import front
from knowledge.official_text import draft_of, split
from knowledge.publishing import SOURCES
from knowledge.sources import Shelf
from knowledge.store import Source

GUIDE = """居民身份证换领办事指南
一、事项名称：居民身份证换领
二、设定依据
《中华人民共和国居民身份证法》(2011年修正)第三条、第十条；《某市居民身份证管理办法》（某政发〔2019〕12号）第五条第二款；《某某规定》第一条
三、受理条件
有效期满的公民应当申请换领新证。
（四）申请材料：
1.居民户口簿原件；
2、居民身份证原件
五、办理流程
(1)申请人到户籍窗口提交材料
② 民警受理审核
六、办理时限：法定办结时限：60日。承诺办结时限：20个工作日
【收费标准】工本费20元
办理地点
各派出所户籍窗口
九、咨询电话：0371-12345678
监督投诉电话 12345
"""


@pytest.fixture
def shelf() -> Shelf:
    described = yaml.safe_load(SOURCES.read_text(encoding="utf-8"))
    return Shelf([Source(id=name, **values) for name, values in described.items()])


def test_headings_of_every_kind_open_their_part(shelf: Shelf) -> None:
    found = split(GUIDE, shelf)
    assert found.title == "居民身份证换领"
    assert found.parts == {
        "谁能办": "有效期满的公民应当申请换领新证。",
        "带什么": "- 居民户口簿原件；\n- 居民身份证原件",
        "怎么办": "1. 申请人到户籍窗口提交材料\n2. 民警受理审核",
        "多久": "办理时限：法定办结时限：60日。\n承诺办结时限：20个工作日",
        "多少钱": "收费标准：工本费20元",
        "去哪办": "各派出所户籍窗口\n咨询电话：0371-12345678\n监督投诉电话：12345",
    }
    assert found.rest == ""


def test_sources_are_guessed_with_article_and_year_and_only_where_the_text_gives_them(shelf: Shelf) -> None:
    known, new, unknown = split(GUIDE, shelf).sources
    assert (known.source, known.article) == ("resident-id-card-law", "第三条、第十条")
    assert (new.source, new.number, new.year, new.article) == ("", "某政发〔2019〕12号", 2019, "第五条第二款")
    assert (unknown.year, unknown.is_usable, unknown.article) == (None, False, "第一条")


def test_the_draft_holds_what_the_guide_says_and_leaves_the_rest_to_its_author(shelf: Shelf) -> None:
    markdown, brought = draft_of(split(GUIDE, shelf), "id-card-renew-x", "身份证到期了怎么换", "户口与身份证", shelf)
    meta, body, problem = front(markdown)
    assert problem == ""
    assert [source.title for source in brought] == ["某市居民身份证管理办法"]
    assert [one["verified"] for one in meta["sources"]] == ["recalled", "recalled"]
    assert (meta["questions"], meta["checked_on"], meta["review_by"]) == (None, None, None)
    lines = [line.lstrip("- 1234567890.") for line in body.splitlines() if not line.startswith("##")]
    for piece in (piece for line in lines for piece in line.split("：")):
        assert piece in GUIDE, "not a word is added"
    with pytest.raises(EntryError):
        parse(markdown)


@pytest.mark.parametrize(
    "text",
    ["随便一段话，没有小标题。", "申请材料", "# 标题\n## 带什么\n<script>alert(1)</script>", "：\n：", "《》第条"],
)
def test_any_text_is_cut_without_losing_a_word_or_making_a_heading(shelf: Shelf, text: str) -> None:
    found = split(text, shelf)
    markdown, _ = draft_of(found, "x", "题", "", shelf)
    _, body, problem = front(markdown)
    assert problem == ""
    headings = [line for line in body.splitlines() if line.startswith("## ")]
    assert all(heading.removeprefix("## ") in FACETS["procedure"] for heading in headings)


@pytest.mark.prove
def test_a_very_long_text_of_tricky_signs_is_cut_at_once(shelf: Shelf) -> None:
    split("《" * 20_000 + "(" * 10_000 + " " * 10_000 + "第一条、" * 5_000, shelf)
