"""`make pictures`: takes the handbook's pictures from the running product, filled with the demonstration's city."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import QUIET
from tests.browser.screen import CHROMIUM
from tests.opening import ALWAYS
from tests.service import ROOT, Service, prepare

FOLDER = ROOT / "docs" / "handbook" / "pictures"
QUALITY = 60  # of JPEG: letters stay sharp, and a page weighs less than 100 KB
FIRST_TICKET, FIRST_TURN = ".tickets-what a", "main table tbody a"
# Who looks at which page, and what is pressed there first; each picture is named after it.
PICTURES = {
    "tickets": ("operator", "/desk/tickets", ""),
    "ticket": ("operator", "/desk/tickets", FIRST_TICKET),
    "entry": ("operator", "/desk/tickets/new", ""),
    "waiting": ("operator", "/desk/waiting", ""),
    "talk": ("operator", "/desk/waiting", "text=接这一位"),
    "conversations": ("operator", "/desk/conversations", ""),
    "turn": ("operator", "/desk/conversations", FIRST_TURN),
    "content": ("editor", "/content", ""),
    "editor": ("editor", "/content/id-card-lost", ""),
    "publishing": ("publisher", "/content/publishing", ""),
    "imports": ("editor", "/content/imports", ""),
    "overview": ("supervisor", "/desk/figures/service", ""),
    "accounts": ("administrator", "/admin/accounts", ""),
    "settings": ("administrator", "/admin", ""),
    "audit": ("auditor", "/admin/audit", ""),
}


def main() -> None:
    """Start the product in a folder of its own, fill it, and take every picture."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder)
        service = Service(folder)
        password = _filled(service)
        try:
            service.start()
            service.opens(*ALWAYS)
            _taken(service, password)
        finally:
            service.stop()


def _filled(service: Service) -> str:
    """The password of the demonstration's accounts."""
    command = [sys.executable, "-m", "commands", "demo", "--tickets", "120", "--days", "21"]
    done = subprocess.run(command, env=service.environment, cwd=ROOT, check=True, capture_output=True, text=True)
    [password] = re.findall(r"密码都是 (\S+?)(?:（|$)", done.stdout)
    return str(password)


def _taken(service: Service, password: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        pages: dict[str, Page] = {}
        for name, (role, address, press) in PICTURES.items():
            if role not in pages:
                pages[role] = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN").new_page()
                _signed_in(pages[role], service, role, password)
            if name == "waiting":
                _somebody_waits(service, pages[role])
            page = pages[role]
            page.goto(f"{service.url}{address}")
            if press:
                page.locator(press).first.click()
                page.wait_for_load_state()
            page.wait_for_timeout(1500)  # what scripts bring
            page.screenshot(path=FOLDER / f"{name}.jpg", type="jpeg", quality=QUALITY)
            print(f"{name}: {page.url.removeprefix(service.url)}")
        browser.close()


def _signed_in(page: Page, service: Service, role: str, password: str) -> None:
    page.goto(f"{service.url}/desk/login")
    page.get_by_label("账号").fill(f"demo-{role}")
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
    page.locator(".desk-nav").wait_for()


def _somebody_waits(service: Service, operator: Page) -> None:
    operator.goto(f"{service.url}/desk/waiting")
    if operator.get_by_role("button", name="切换到在线").count():
        operator.get_by_role("button", name="切换到在线").click()
    for question in ("楼下的路灯坏了三天，没人来修", "我妈的高龄补贴这个月没到账"):
        service.talk(question, "转人工")


if __name__ == "__main__":
    main()
