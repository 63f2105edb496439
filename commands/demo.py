"""`wenzheng demo`: a city full of made-up tickets and conversations, plainly marked, removed in one command."""

import secrets

import click

from foundation.settings import load_settings

PASSWORD_BYTES = 12


@click.command()
@click.option(
    "--tickets", default=800, show_default=True, type=click.IntRange(1, 5000), help="多少张工单；会话是它的一倍半"
)
@click.option("--days", default=42, show_default=True, type=click.IntRange(1, 180), help="从多少天以前开始")
@click.option("--remove", is_flag=True, help="把演示数据全部去掉")
def demo(tickets: int, days: int, remove: bool) -> None:
    """放进一座有人用的城市，让每个页面都有内容；每页都标明是演示数据。"""
    from commands.demonstration.filling import Refused, fill, take_away
    from commands.prepare import create_tables

    settings = load_settings()
    database = create_tables(settings)
    try:
        if remove:
            counts, stays = take_away(database, settings)
            click.echo(f"演示数据已经全部去掉：{counts['ticket']} 张工单，{counts['conversation']} 个会话。")
            if stays:
                click.echo("有人用演示账号做过下面这些，还在生效，请看一看：")
                click.echo("\n".join(f"- {line}" for line in stays))
            return
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        with click.progressbar(length=1000, label="正在放演示数据") as bar:
            counts = fill(
                database, settings, password, tickets, days, lambda share: bar.update(round(share * 1000) - bar.pos)
            )
    except Refused as refused:
        raise click.ClickException(str(refused)) from refused
    finally:
        database.close()
    click.echo(f"放好了 {counts['ticket']} 张工单、{counts['conversation']} 个会话，{counts['upload']} 张图片。")
    click.echo(f"工作台账号：demo-operator、demo-supervisor、demo-editor 等，密码都是 {password}（只显示这一次）")
    click.echo("不会有任何一条发给真的热线。看完运行 wenzheng demo --remove 去掉。")
