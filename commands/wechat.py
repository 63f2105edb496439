"""`wenzheng wechat`: the official account."""

import json

import click

from foundation.database import Database
from foundation.privacy import Vault
from foundation.settings import load_settings
from wechat import menu as menus
from wechat.errors import PlatformDown, PlatformRefused
from wechat.platform import Platform


@click.group()
def wechat() -> None:
    """管理微信公众号。"""


@wechat.command()
@click.option("--show", is_flag=True, help="只显示要发的菜单,不发")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def menu(show: bool, as_json: bool) -> None:
    """把 wechat/menu.yml 里的菜单发到公众号。"""
    settings = load_settings()
    wanted = menus.as_sent(settings.site)
    if not show:
        if not settings.has_wechat:
            raise click.ClickException("还没有接公众号:请先设 WENZHENG_WECHAT_APP_ID 等设置。")
        database = Database(settings.database_url)
        database.create_tables()
        try:
            Platform(database, Vault(settings.data_keys), settings).set_menu(wanted)
        except PlatformDown as error:
            raise click.ClickException(f"连不上微信:{error}") from error
        except PlatformRefused as error:
            raise click.ClickException(f"微信没有接受:{error}") from error
    if as_json or show:
        click.echo(json.dumps(wanted, ensure_ascii=False, indent=1))
    else:
        click.echo("菜单已经发到公众号。五分钟内重新打开公众号就能看到。")
