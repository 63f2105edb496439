"""Identifying numbers are found in every way that people write them, and look-alikes are left alone."""

import pytest

from foundation.identifying import find_numbers, hint


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("电话13812345678", "电话", "13812345678"),
        ("打138 1234 5678找我", "电话", "138 1234 5678"),
        ("138-1234-5678", "电话", "138-1234-5678"),
        ("+86 13812345678", "电话", "+86 13812345678"),
        ("1 3 8 1 2 3 4 5 6 7 8", "电话", "1 3 8 1 2 3 4 5 6 7 8"),
        ("座机0571-87654321", "电话", "0571-87654321"),
        ("一三八零零一三八零零零", "电话", "一三八零零一三八零零零"),
        ("幺三八零零幺三八零零零", "电话", "幺三八零零幺三八零零零"),
        ("身份证110101199003074258", "证件", "110101199003074258"),
        ("11010119900307425x", "证件", "11010119900307425x"),
        ("110101 19900307 4258", "证件", "110101 19900307 4258"),
        ("护照E12345678", "证件", "E12345678"),
        ("卡6222021234567890123", "卡号", "6222021234567890123"),
        ("6222 0212 3456 7890", "卡号", "6222 0212 3456 7890"),
        ("写信a.b-c@mail.example.com", "邮箱", "a.b-c@mail.example.com"),
        ("查20261123-000123 AB3D5F7H", "查询码", "AB3D5F7H"),
    ],
)
def test_a_number_is_found_whole(text: str, kind: str, value: str) -> None:
    [found] = find_numbers(text)
    assert (found.kind, found.value) == (kind, value)
    assert text[found.start : found.end] == value


@pytest.mark.parametrize(
    "text",
    [
        "工单20261123-000123",
        "2026年11月23日",
        "建设路12号3栋2单元501室",
        "打12345和110",
        "工本费40元",
        "三年级二班",
        "ABCDEFGH",
    ],
)
def test_what_identifies_nobody_stays(text: str) -> None:
    assert find_numbers(text) == []


def test_several_numbers_stand_in_order_and_do_not_overlap() -> None:
    found = find_numbers("我13812345678,证110101199003074258,她13900001111")
    assert [number.kind for number in found] == ["电话", "证件", "电话"]


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("电话", "138 1234 5678", "138****5678"),
        ("电话", "一三八零零一三八零零零", "138****8000"),
        ("邮箱", "wang@example.com", "w***@example.com"),
        ("查询码", "AB3D5F7H", "AB3D5F7H"),
    ],
)
def test_a_hint_shows_enough_for_its_owner_only(kind: str, value: str, shown: str) -> None:
    assert hint(kind, value) == shown
