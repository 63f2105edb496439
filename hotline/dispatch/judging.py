"""What confirmed tickets would have been suggested by a model that had not learned from them."""

from collections.abc import Sequence
from dataclasses import dataclass

from hotline.dispatch import destinations, rules
from hotline.dispatch.classifier import Texts
from hotline.dispatch.confirmed import Confirmed
from hotline.dispatch.store import Model
from hotline.dispatch.suggestion import suggested
from hotline.dispatch.training import Learned


@dataclass(frozen=True)
class Judged:
    """How sure a suggestion was, and whether category and department were the confirmed ones."""

    number: str
    confidence: float
    right: bool


def left_out(
    learned: Learned,
    tickets: Sequence[Confirmed],
    sent: destinations.Counts,
    matched: rules.Counts,
) -> list[Judged]:
    """Each ticket as the new model saw it while its group was left out, the counts less the ticket itself."""
    labels = learned.classifier.labels
    chances = learned.left_out["vectors"][len(learned.places) - len(tickets) :]
    found = []
    for ticket, row in zip(tickets, chances, strict=True):
        place, rule = int(row.argmax()), rules.matching(ticket.text)
        category, sure = labels[place], float(row[place])
        if rule is not None:
            was_right = rules.is_right(rule, ticket.category, ticket.department)
            category, department = rule.get("category", category), rule["department"]
            sure = rules.chance(rules.without(matched, rule, was_right), rule)
        else:
            others = destinations.without(sent, ticket.category, ticket.department)
            department = destinations.department_of(others, category)
        found.append(Judged(ticket.number, sure, (category, department) == (ticket.category, ticket.department)))
    return found


def unseen(model: Model, tickets: Sequence[Confirmed], texts: Texts) -> list[Judged]:
    """Each ticket that an earlier model had not learned from, as it would have suggested it."""
    known = set(model.about.known)
    found = []
    for place, ticket in enumerate(tickets):
        if ticket.number not in known and texts.vectors is not None:
            made = suggested(model, ticket.text, texts.vectors[place : place + 1])
            right = (made.category, made.department) == (ticket.category, ticket.department)
            found.append(Judged(ticket.number, made.confidence, right))
    return found


def share_right(judged: Sequence[Judged]) -> float:
    """The share that was right; 0 where there is nothing."""
    return sum(one.right for one in judged) / len(judged) if judged else 0.0
