"""What changed between two texts, word by word."""

from knowledge.differences import ADDED, REMOVED, SAME, Line, Piece, lines, stretches, words


def without(kind: str, found: list[Line]) -> str:
    """The text that is left when what was added, or removed, is taken out."""
    left = ([one.text for one in line.pieces if one.kind != kind] for line in found)
    return "\n".join("".join(texts) for texts in left if texts)


def test_a_changed_word_is_shown_within_its_line() -> None:
    assert list(words("工本费40元。", "工本费45元。")) == [
        Piece(SAME, "工本费"),
        Piece(REMOVED, "40"),
        Piece(ADDED, "45"),
        Piece(SAME, "元。"),
    ]


def test_lines_that_came_and_went_stand_whole() -> None:
    found = lines("一行\n二行\n三行", "一行\n三行\n四行")
    assert [line.pieces for line in found] == [
        (Piece(SAME, "一行"),),
        (Piece(REMOVED, "二行"),),
        (Piece(SAME, "三行"),),
        (Piece(ADDED, "四行"),),
    ]


def test_nothing_is_lost_and_nothing_is_made_up() -> None:
    before, after = "## 多久\n60 天内，\t别急。\n<b>粗</b>", "## 多久\n20 天内，别急！\n## 多少钱\n<b>细</b>"
    found = lines(before, after)
    assert (without(ADDED, found), without(REMOVED, found)) == (before, after)


def test_two_equal_texts_have_no_difference() -> None:
    assert all(line.is_same for line in lines("一\n二", "一\n二"))


def test_what_is_far_from_a_change_is_folded_and_still_there() -> None:
    before = "\n".join(f"第{number}行" for number in range(30))
    found = lines(before, before.replace("第15行", "第十五行"))
    parts = stretches(found)
    assert [(part.is_folded, len(part.lines)) for part in parts] == [(True, 13), (False, 5), (True, 12)]
    assert [line for part in parts for line in part.lines] == found
    assert [part.is_folded for part in stretches(lines(before, before))] == [True]
