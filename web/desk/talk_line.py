"""The way to a citizen on WeChat: how far each word went, and how many more may go out."""

from dataclasses import dataclass, field

from sqlalchemy.engine import Connection

from wechat import pushes, quota, users

WHERE = {"due": "正在送", "sending": "正在送", "sent": "已送到微信", "given": "已随下一条送到微信"}
WHERE |= {"kept": "还没送到，等市民下次说话时送到", "dropped": "没有送到微信：市民不收工单消息，或者取消了关注"}
AWAY = "市民取消了微信关注，您写的现在送不到；他重新关注、再说话时才会送到。"
NONE_LEFT = "微信现在不让主动发了，您写的要等市民下次说话时才会送到。"
LEFT = "微信还让主动发 {left} 条；市民每说一句话，就又能发 {most} 条。"


@dataclass(frozen=True)
class Line:
    """In the words of the desk; empty for a conversation that is not one of WeChat's."""

    left: str = ""
    went: dict[int, str] = field(default_factory=dict)  # by turn


def of(connection: Connection, conversation: str) -> Line:
    """How it stands now."""
    user = users.of_conversation(connection, conversation)
    if user is None:
        return Line()
    left = quota.left(user)
    said = LEFT.format(left=left, most=quota.AFTER["message"][0]) if left else NONE_LEFT
    went = pushes.states(connection, conversation)
    return Line(said if user.openid else AWAY, {turn: WHERE[state] for turn, state in went.items()})
