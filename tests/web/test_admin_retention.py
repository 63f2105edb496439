"""A shorter time to keep things: what would go is counted first, it counts a day later, and can be undone till then."""

from sqlalchemy import update

from conversations import record
from foundation.controls import Controls
from hotline.tables import tickets
from tests.hotline.clock import Clock
from tests.hotline.support import Desk
from tests.web.test_admin_settings import admin, change, desk
from tests.web.visitor import Visitor

__all__ = ["admin", "desk"]


def test_a_shorter_time_to_keep_things_is_confirmed_first_and_counts_a_day_later(
    desk: Desk, admin: Visitor, clock: Clock
) -> None:
    def held() -> tuple[int, int]:
        controls = Controls(desk.database, desk.settings)
        return controls.current("retention").value["conversations"], controls.retention().conversations

    clock.move(days=-40)
    with desk.database.writing() as connection:
        for value in ("a", "b"):
            record.start(connection, value, record.Caller("web"))
    number = desk.open(contact=desk.tokenized("李女士 13812345678"))
    with desk.database.writing() as connection:
        connection.execute(update(tickets).where(tickets.c.number == number).values(state="closed"))
    clock.move(days=40)  # the administrator's session is of today
    shorter = {"conversations": "30", "contacts": "30", "pictures": "1095"}
    page = change(admin, "retention", **shorter)
    assert "<strong>2</strong> 个会话、<strong>1</strong> 张工单的联系方式、<strong>0</strong> 张图片" in page
    assert held() == (365, 365), "nothing is kept yet"
    assert "请确认" in change(admin, "retention", **shorter | {"conversations": "31"}, confirmed="30-30-1095")
    page = change(admin, "retention", **shorter, confirmed="30-30-1095")
    assert "2026-09-22 09:00 起按新的期限删" in page
    assert held() == (30, 365)
    admin.send("/admin/undo", "/admin", name="retention", version="1")
    assert held() == (365, 365), "back to a longer time nobody is asked"
    page = admin.send("/admin/undo", "/admin", name="retention", version="2")
    assert "<strong>2</strong> 个会话" in page and held() == (365, 365)
    admin.send("/admin/undo", "/admin", name="retention", version="2", confirmed="30-30-1095")
    clock.move(hours=23)
    assert held() == (30, 365)
    clock.move(hours=1)
    assert held() == (30, 30)
    assert Controls(desk.database, desk.settings).shortened_from() is None
