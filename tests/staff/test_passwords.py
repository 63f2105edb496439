"""Passwords: long ones are taken whatever they are made of, the guessable are refused with a reason."""

import pytest

from staff.passwords import problem, random


@pytest.mark.parametrize(
    "password",
    [
        "four quiet words here",
        "correct horse battery",
        "青山 绿水 电灯 老王家",
        "tree-window-7",
        "lemonadebicycle",
        "x7!kq9$wz2p",
    ],
)
def test_a_long_password_is_taken_whatever_signs_it_has(password: str) -> None:
    assert problem(password, ("li", "李敏")) == ""


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "至少 10"),
        ("x" * 201, "最多 200"),
        ("aaaaaaaaaaaa", "那么几个字符"),
        ("abababababab", "那么几个字符"),
        ("password2024", "人人都用的词、年份"),
        ("Admin@67890", "人人都用的词、键盘上连着的键"),
        ("qwertyuiop12", "键盘上连着的键"),
        ("1qaz2wsx3edc", "键盘上连着的键"),
        ("0987654321zz", "键盘上连着的键"),
        ("1q2w3e4r5t6y", "键盘上连着的键"),
        ("qazwsxedcrfv", "键盘上连着的键"),
        ("abc123abc123", "重复的一段"),
        ("Zhang12345678", "键盘上连着的键"),
        ("wangxiaofang1", "账号名或姓名"),
        ("20241001wangxiaofang", "账号名或姓名"),
        ("wenzheng2026!", "人人都用的词、年份"),
        ("管理员管理员王小芳一二", "账号名或姓名、人人都用的词"),
    ],
)
def test_what_anybody_would_try_first_is_refused_with_the_reason(password: str, why: str) -> None:
    assert why in problem(password, ("wangxiaofang", "王小芳"))


def test_random_ones_differ_and_are_taken() -> None:
    made = {random() for _ in range(300)}
    assert len(made) == 300
    assert not [password for password in made if problem(password)]
