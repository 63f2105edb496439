"""What is read out of a message by patterns."""

import pytest

from bot.nlu.readers import read


def test_a_message_is_read_for_place_and_time() -> None:
    found = read("昨晚中山路和解放路交叉口井盖没了")
    assert (found["place"], found["time"]) == ("中山路和解放路交叉口", "昨晚")


@pytest.mark.parametrize(
    ("text", "facet"),
    [
        ("要带啥", "带什么"),
        ("那多少钱", "多少钱"),
        ("几天能拿到,多久", "多久"),
        ("网上能办不", "网上办"),
        ("说人话", "说人话"),
        ("我老公也要去吗", "谁能办"),
        ("去哪办", "去哪办"),
    ],
)
def test_a_facet_is_known_by_how_people_ask_for_it(text: str, facet: str) -> None:
    assert read(text)["facet"] == facet


@pytest.mark.parametrize(
    ("text", "choice"), [("2", "2"), ("第一个", "1"), ("选三", "3"), ("都不是", "none"), ("2栋", None)]
)
def test_a_choice_is_a_number_alone(text: str, choice: str | None) -> None:
    assert read(text).get("choice") == choice


def test_a_ticket_is_named_by_number_and_masked_code() -> None:
    found = read("查一下20261123-000123 〔查询码1〕")
    assert (found["ticket_number"], found["ticket_code"]) == ("20261123-000123", "〔查询码1〕")
