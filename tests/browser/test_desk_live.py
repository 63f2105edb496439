"""The live pages of the desk, when the session ends and somebody else signs in at the same machine."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.screen import Screen, needs_chromium
from tests.browser.test_take_over import Talk, talk

__all__ = ["talk"]
HERE = "async () => (await (await import('/static/js/desk_live.js')).send('/desk/waiting/here')).status"
pytestmark = needs_chromium


def test_nothing_is_done_in_the_name_of_whoever_signed_in_meanwhile(talk: Talk, opened: Callable[..., Screen]) -> None:
    screen = opened(talk, 1280, 900)
    talk.floor.operator("zhao")
    talk.signs_in(screen)
    screen.page.goto(f"{talk.url}/desk/waiting")
    screen.page.wait_for_load_state()
    talk.signs_in(screen, "zhao")
    assert screen.page.evaluate(HERE) == 403
    expect(screen.page.locator("#signed-out")).to_be_visible()
    talk.signs_in(screen)
    assert screen.page.evaluate(HERE) == 204
    expect(screen.page.locator("#signed-out")).to_be_hidden()
    screen.forgive("403")
