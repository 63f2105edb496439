"""What a message says to the report form."""

import pytest

from actions import report_reading as reading


@pytest.mark.parametrize("text", ["我要投诉", "我要反映个问题", "我想提个建议", "你好,我要举报", "嗯"])
def test_saying_that_there_is_something_is_not_the_matter(text: str) -> None:
    assert reading.matter(text) is None


@pytest.mark.parametrize("text", ["路灯不亮", "我要投诉楼上半夜装修", "井盖没了!"])
def test_the_matter_is_taken_as_it_was_said(text: str) -> None:
    assert reading.matter(text) == text


@pytest.mark.parametrize(
    ("text", "kind"),
    [("我要举报他们偷排污水", "举报"), ("商家不退钱", "投诉"), ("路灯坏了", "求助")],
)
def test_the_kind_follows_the_words(text: str, kind: str) -> None:
    assert reading.kind(text, "report") == kind


@pytest.mark.parametrize(
    ("text", "contact"),
    [("〔电话1〕", "〔电话1〕"), ("匿名吧", "anonymous"), ("不留了", "none"), ("没有", "none"), ("建设路", None)],
)
def test_an_answer_about_the_contact_is_understood_or_asked_again(text: str, contact: str | None) -> None:
    assert reading.contact(text) == contact


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("地址错了,是中山路5号", {"report_place": "中山路5号"}),
        ("不是3号楼,是5号楼", {"report_place": "5号楼"}),
        ("电话换成〔电话2〕", {"report_contact": "〔电话2〕"}),
        ("改成匿名", {"report_contact": "anonymous"}),
        ("内容改成路灯和井盖都坏了", {"report_what": "路灯和井盖都坏了"}),
        ("我要改", {}),
    ],
)
def test_a_correction_changes_what_it_names(text: str, changed: dict[str, str]) -> None:
    place = "中山路5号" if "中山路" in text else None
    assert reading.correction(text, place, None) == changed


@pytest.mark.parametrize("text", ["确认", "对的", "没问题", "好的!", "是"])
def test_a_plain_yes_confirms(text: str) -> None:
    assert reading.confirms(text)
