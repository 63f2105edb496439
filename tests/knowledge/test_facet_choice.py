"""Which part of an entry answers a question for one facet."""

from dataclasses import replace

from knowledge.entry import Facet, parse
from knowledge.facet_choice import asks_first, lead_says, part_about, part_for
from knowledge.publishing import CORPUS

LOST = parse((CORPUS / "户口与身份证/id-card-lost.md").read_text(encoding="utf-8"))


def test_the_heading_of_that_name_answers() -> None:
    assert part_for(LOST, "多少钱") == LOST.facet("多少钱")
    assert part_for(LOST, "说人话") == Facet("说人话", LOST.plain)


def test_without_that_heading_another_one_that_says_it_answers() -> None:
    rest = replace(LOST, facets=(Facet("怎么办", "先登记。"), Facet("注意", "工本费40元。")))
    found = part_for(rest, "多少钱")
    assert found is not None and found.name == "注意"


def test_what_an_entry_does_not_say_is_not_answered() -> None:
    silent = replace(LOST, lead="先登记。", facets=(Facet("怎么办", "先登记。"),))
    assert part_for(silent, "多少钱") is None
    assert not lead_says(silent, "多少钱")
    assert lead_says(LOST, "多少钱")


def test_how_to_do_it_is_the_entry_itself_and_no_facet_of_a_first_question() -> None:
    assert asks_first("多少钱") and not asks_first("怎么办") and not asks_first(None)


def test_a_question_that_names_no_facet_gets_the_one_that_shares_its_words() -> None:
    found = part_about(LOST, "找到旧证了还要交吗")
    assert found is not None and found.name == "注意"
    assert part_about(LOST, "嗯") is None
