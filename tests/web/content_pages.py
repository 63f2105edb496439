"""Short ways to use the content desk's pages."""

import re
from html import unescape

from flask.testing import FlaskClient

from knowledge.publishing import CORPUS
from knowledge.store import Store
from staff import accounts, sessions
from tests.hotline.support import Desk
from tests.knowledge.import_files import with_sources
from tests.web.visitor import Visitor
from web import create_app
from web.desk.access import COOKIE

ENTRY = "id-card-lost"
FILES = ("户口与身份证/id-card-lost.md", "户口与身份证/id-card-renew.md", "婚姻/marriage-register.md")
TEXT = (CORPUS / FILES[0]).read_text(encoding="utf-8")
PAGE = f"/content/{ENTRY}"
FIELD = re.compile(r'<(?:input|textarea|select)[^>]*\bname="([^"]+)"')


def seeded(desk: Desk) -> Store:
    """The store with three entries, as samples."""
    store = with_sources(desk.database)
    for name in FILES:
        store.seed((CORPUS / name).read_text(encoding="utf-8"))
    return store


class Team:
    """One running application and several people with browsers."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.app = desk, create_app(desk.settings)

    def member(self, name: str, *roles: str) -> Visitor:
        """A member of staff of this name, signed in."""
        return Visitor(self.client(name, *roles))

    def client(self, name: str, *roles: str) -> FlaskClient:
        """The same as a bare browser."""
        with self.desk.database.writing() as connection:
            if accounts.find(connection, name) is None:
                accounts.add(connection, name, f"{name} 的姓名", "correct horse battery", list(roles))
            secret = sessions.begin(connection, name)
        client = self.app.test_client()
        client.set_cookie(COOKIE, secret)
        return client


def hidden(page: str, name: str) -> str:
    """The value of a hidden field; the first of that name."""
    return str(re.findall(rf'name="{name}" value="([^"]*)"', page)[0])


def saved(visitor: Visitor, markdown: str, entry: str = ENTRY, act: str = "save", page: str = "") -> str:
    """Save a text as the editor's page does that was opened now, or earlier."""
    address = f"/content/{entry}"
    page = page or visitor.see(f"{address}?mode=text")
    told = {name: hidden(page, name) for name in ("version", "base")}
    return visitor.send(f"{address}/{act}", address, markdown=markdown, **told)


def judged(visitor: Visitor, act: str, entry: str = ENTRY, **form: str) -> str:
    """Send one of the forms of the page of review."""
    address = f"/content/{entry}/review"
    version = hidden(visitor.see(address), "version")
    return visitor.send(f"/content/{entry}/{act}", address, version=version, **form)


def shown(page: str) -> str:
    """The words of a page, as a person reads them."""
    return unescape(re.sub(r"<[^>]+>", "", page))
