"""What others have reported nearby: by place and matter, with vectors and without."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from hotline.nearby import NearbyTickets
from tests.hotline.support import Desk

WHAT, PLACE = "井盖碎了一大块", "东湖区学府路地铁口"


def no_vectors(texts: Sequence[str]) -> NDArray[np.float32] | None:
    return None


def all_alike(texts: Sequence[str]) -> NDArray[np.float32]:
    return np.tile(np.array([1.0, 0.0], dtype=np.float32), (len(texts), 1))


def none_alike(texts: Sequence[str]) -> NDArray[np.float32]:
    return np.array([[1.0, 0.0], *[[0.0, 1.0]] * (len(texts) - 1)], dtype=np.float32)


def published(desk: Desk, **other: Any) -> str:
    told: dict[str, Any] = {"what": "学府路井盖碎了", "place": PLACE} | other
    number = desk.open(**told)
    desk.staff(number, "publish", "operator", summary="学府路地铁口井盖碎了")
    return number


def test_the_same_matter_at_the_same_place_is_found_with_vectors_and_without(desk: Desk) -> None:
    number = published(desk)
    for vectors in (no_vectors, all_alike):
        found = NearbyTickets(desk.database, vectors).find(WHAT, PLACE)
        assert found and (found.number, found.summary, found.count) == (number, "学府路地铁口井盖碎了", 1)


def test_whoever_follows_it_is_counted(desk: Desk) -> None:
    number = published(desk)
    desk.tickets.join(number, "c2")
    desk.tickets.join(number, "c3")
    desk.tickets.join(number, "c3")
    found = NearbyTickets(desk.database, no_vectors).find(WHAT, PLACE)
    assert found and found.count == 3


def test_another_matter_at_the_same_place_is_not_offered(desk: Desk) -> None:
    published(desk)
    assert NearbyTickets(desk.database, none_alike).find("路灯不亮", PLACE) is None
    assert NearbyTickets(desk.database, no_vectors).find("路灯不亮", PLACE) is None


def test_the_same_matter_somewhere_else_is_not_offered(desk: Desk) -> None:
    published(desk)
    assert NearbyTickets(desk.database, all_alike).find(WHAT, "西山区钢城街道和平小区") is None


def test_where_both_stand_on_the_map_the_distance_decides(desk: Desk) -> None:
    published(desk, latitude=30.0, longitude=120.0)
    near = NearbyTickets(desk.database, all_alike)
    assert near.find(WHAT, "不知道叫什么路", 30.003, 120.003)
    assert near.find(WHAT, PLACE, 30.01, 120.0) is None


@pytest.mark.parametrize(
    "other",
    [{"kind": "举报"}, {"audience": "supervisors"}, {"category": "fraud"}],
    ids=["secret", "supervisors", "private"],
)
def test_what_may_not_be_public_is_never_offered(desk: Desk, other: dict[str, str]) -> None:
    number = desk.open(what="学府路井盖碎了", place=PLACE, **other)
    with desk.database.writing() as connection:
        connection.exec_driver_sql(f"UPDATE tickets SET summary = '学府路地铁口井盖碎了' WHERE number = '{number}'")
    assert NearbyTickets(desk.database, all_alike).find(WHAT, PLACE) is None


def test_a_ticket_that_is_over_or_not_approved_is_not_offered(desk: Desk) -> None:
    desk.open(what="学府路井盖碎了", place=PLACE)
    over = published(desk)
    desk.tickets.withdraw(over)
    assert NearbyTickets(desk.database, all_alike).find(WHAT, PLACE) is None
