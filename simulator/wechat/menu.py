"""The account's menu at the bottom of the chat, checked as WeChat checks it."""

import json
from typing import Any

from simulator.database import File
from simulator.wechat.errors import Refused

BUTTONS, SUB_BUTTONS = 3, 5
NAME_BYTES, SUB_NAME_BYTES, KEY_BYTES, URL_BYTES = 16, 60, 128, 1024
KEYED = (
    "click",
    "scancode_push",
    "scancode_waitmsg",
    "pic_sysphoto",
    "pic_photo_or_album",
    "pic_weixin",
    "location_select",
)
Row = dict[str, Any]


class Menu:
    """One menu or none."""

    def __init__(self, file: File) -> None:
        self._file = file

    def create(self, wanted: Any) -> None:
        """Set the menu; raises Refused when WeChat would refuse it."""
        match wanted:
            case {"button": [*buttons]}:
                _check(buttons, BUTTONS, NAME_BYTES, 40016)
            case _:
                raise Refused(40016)
        kept = json.dumps({"button": buttons}, ensure_ascii=False)
        self._file.write("INSERT OR REPLACE INTO wechat_menu (position, menu) VALUES (1, ?)", kept)

    def get(self) -> Row:
        """Return the menu; raises Refused (46003) when there is none."""
        rows = self._file.rows("SELECT menu FROM wechat_menu")
        if not rows:
            raise Refused(46003)
        menu: Row = json.loads(rows[0]["menu"])
        return menu

    def delete(self) -> None:
        """Take the menu away."""
        self._file.write("DELETE FROM wechat_menu")


def _check(buttons: list[Any], most: int, name_bytes: int, too_many: int) -> None:
    if not 1 <= len(buttons) <= most:
        raise Refused(too_many)
    for button in buttons:
        if not isinstance(button, dict) or not 1 <= _bytes(button.get("name")) <= name_bytes:
            raise Refused(40018)
        below = button.get("sub_button")
        if below and name_bytes == NAME_BYTES:
            _check(below, SUB_BUTTONS, SUB_NAME_BYTES, 40023)
        else:
            _check_act(button)


def _check_act(button: Row) -> None:
    kind = button.get("type")
    if kind in KEYED:
        if not 1 <= _bytes(button.get("key")) <= KEY_BYTES:
            raise Refused(40019)
    elif kind == "view":
        if not 1 <= _bytes(button.get("url")) <= URL_BYTES:
            raise Refused(40020)
    else:
        raise Refused(40017)


def _bytes(value: Any) -> int:
    return len(value.encode()) if isinstance(value, str) else 0
