"""The menu is one that the platform takes, and every entry of it means something."""

import json
from pathlib import Path
from typing import Any

import yaml
from click.testing import CliRunner, Result

from commands.wechat import wechat as command
from foundation.settings import Settings
from tests.hotline.support import Desk
from tests.wechat.account import with_account
from tests.wechat.platform import MENU, FakePlatform
from web.wechat_login import PAGES
from wechat import menu

SITE = "https://wz.example"


def buttons() -> list[dict[str, Any]]:
    top = menu.as_sent(SITE)["button"]
    return [*top, *(one for button in top for one in button.get("sub_button", []))]


def test_the_menu_keeps_to_the_limits_of_the_platform() -> None:
    top = menu.as_sent(SITE)["button"]
    assert 1 <= len(top) <= 3 and all(len(one.get("sub_button", [])) <= 5 for one in top)
    assert all(len(one["name"].encode()) <= 16 for one in top) and all(len(one["name"]) <= 4 for one in top)
    assert all(len(one["name"].encode()) <= 60 and len(one["name"]) <= 8 for one in buttons())
    keys = [one["key"] for one in buttons() if "key" in one]
    assert len(keys) == len(set(keys)) and all(len(key.encode()) <= 128 for key in keys)


def test_every_entry_leads_somewhere() -> None:
    intents = [one for one in yaml.safe_load(Path("domain.yml").read_text("utf-8"))["intents"] if isinstance(one, str)]
    for one in buttons():
        if "sub_button" in one:
            continue
        if one["type"] == "view":
            assert one["url"].startswith(f"{SITE}/wechat/login?next=%2F")
            continue
        entry = menu.entry_of(one["key"])
        assert entry and entry["says"]
        assert entry.get("payload", "/ask").removeprefix("/").partition("{")[0] in intents
    pages = [entry["page"] for top in menu.entries() for entry in top.get("entries", []) if "page" in entry]
    assert pages and all(PAGES.fullmatch(page) for page in pages)


def test_an_entry_of_an_earlier_menu_is_none() -> None:
    assert menu.entry_of("gone") is None and menu.entry_of("") is None


def run(settings: Settings, *arguments: str) -> Result:
    """The command, with these settings in its environment."""
    settings = settings.copy(update={"ops_token": "o", "rasa_token": "r"})
    given = {name: value for name, value in settings.dict().items() if isinstance(value, str | Path)}
    environment = {f"WENZHENG_{name.upper()}": str(value) for name, value in given.items()}
    return CliRunner(env=environment).invoke(command, ["menu", *arguments])


def test_the_command_sends_the_menu(desk: Desk, wechat: FakePlatform) -> None:
    done = run(with_account(desk.settings, wechat.url), "--json")
    assert done.exit_code == 0, done.output
    assert wechat.called(MENU) == [json.loads(done.output)] == [menu.as_sent(desk.settings.site)]


def test_the_command_says_what_is_wrong(desk: Desk, wechat: FakePlatform) -> None:
    settings = with_account(desk.settings, wechat.url)
    wechat.codes[MENU] = [40018]
    refused = run(settings)
    assert refused.exit_code == 1 and "40018" in refused.output
    wechat.is_down = True
    assert run(settings).exit_code == 1


def test_without_an_account_it_only_shows_the_menu(desk: Desk) -> None:
    assert run(desk.settings).exit_code == 1
    assert json.loads(run(desk.settings, "--show").output)["button"]
