"""What staff read when an act is refused."""

from hotline.lifecycle import NotAllowed, UnknownTicket
from hotline.step_fields import UnknownDepartment
from hotline.steps import StaleVersion

SENTENCES = {
    "state": "工单现在的状态不能这样做。",
    "role": "您的角色不能这样做。",
    "leads": "只有主办部门能这样做。",
    "missing": "还有必填的没有填。",
    "reason": "原因要从列表里选。",
    "unknown": "有一项不在列表里，请重新选。",
    "deadline": "要选比现在的期限更晚的日子。",
    "kind": "这类工单不能合并，也不能公开。",
    "too_soon": "24 小时内已经催办过一次。",
    "too_late": "离答复太久了，不能再这样做。",
    "step": "没有这样的操作。",
}
OTHERS: dict[type[Exception], tuple[int, str, str]] = {
    StaleVersion: (409, "stale", "别人刚改过这张工单，请看看现在的样子再决定。"),
    UnknownTicket: (404, "unknown_ticket", "没有这张工单，或者它不归您看。"),
    UnknownDepartment: (422, "unknown_department", "没有这个部门，请重新选。"),
}
REFUSED: tuple[type[Exception], ...] = (NotAllowed, *OTHERS)


def refusal(error: Exception) -> tuple[int, str, str]:
    """Status, name and sentence of a refusal."""
    if isinstance(error, NotAllowed):
        return 422, "not_allowed", SENTENCES.get(error.reason, SENTENCES["state"])
    return next(said for kind, said in OTHERS.items() if isinstance(error, kind))
