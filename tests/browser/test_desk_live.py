"""The live pages of the desk, when somebody else signs in at the same machine, and when answers come late."""

from collections.abc import Callable

from playwright.sync_api import Route, expect

from tests.browser.screen import Screen, caught, needs_chromium
from tests.browser.test_take_over import Talk, talk

__all__ = ["talk"]
HERE = "async () => (await (await import('/static/js/desk_live.js')).send('/desk/waiting/here')).status"
LOOK = "async () => (await (await import('/static/js/desk_live.js')).read('/desk/waiting')).status"
pytestmark = needs_chromium


def test_nothing_is_done_in_the_name_of_whoever_signed_in_meanwhile(talk: Talk, opened: Callable[..., Screen]) -> None:
    screen = opened(talk, 1280, 900)
    talk.floor.operator("zhao")
    talk.signs_in(screen)
    screen.page.goto(f"{talk.url}/desk/waiting")
    screen.page.wait_for_load_state()
    talk.signs_in(screen, "zhao")
    assert screen.page.evaluate(HERE) == 403
    assert screen.page.evaluate(LOOK) == 401  # what somebody else may read does not mean that one is back
    expect(screen.page.locator("#signed-out")).to_be_visible()
    talk.signs_in(screen)
    assert screen.page.evaluate(HERE) == 204
    expect(screen.page.locator("#signed-out")).to_be_hidden()
    screen.forgive("403")


def test_what_is_found_late_does_not_move_under_a_hand(talk: Talk, opened: Callable[..., Screen]) -> None:
    screen, held = opened(talk, 1280, 900), list[Route]()
    page = screen.page
    talk.floor.rasa.answer = {"candidates": [{"entry": "a", "revision": 1, "title": "居住证", "probability": 0.9}]}
    talk.signs_in(screen)
    page.goto(f"{talk.url}/desk/waiting/1")
    page.route("**/assist?*", lambda route: held.append(route), times=1)
    talk.citizen.says("居住证怎么办")
    answer = caught(page, held)
    button = page.get_by_role("button", name="发送条目：居住证")
    button.focus()
    with page.expect_event("requestfinished", lambda request: request == answer.request):
        answer.continue_()
    page.evaluate("new Promise((go) => setTimeout(go, 200))")  # so long as the page would take to show it
    expect(button).to_be_focused()
    with page.expect_response("**/assist?*"):
        page.get_by_label("回复市民").focus()
