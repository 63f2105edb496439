"""Signatures under calculators: by id and digest of the rules, so that changed rules are a sample again."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.engine import Connection

from foundation.clock import now
from foundation.database import insert_new
from knowledge.calculators import CALCULATORS
from knowledge.calculators.calculator import Calculator
from knowledge.tables import calculator_signatures as signatures

SHOWN_DIGITS = 12  # of a digest, where people read it
Signed = Callable[[Calculator], None]


@dataclass(frozen=True)
class Standing:
    """A calculator with whoever signed its rules as they are, and whether earlier rules of it were signed."""

    calculator: Calculator
    signed_by: str | None
    was_signed: bool


def standings(connection: Connection) -> list[Standing]:
    """How every calculator stands."""
    by = {(row.calculator, row.digest): row.signed_by for row in connection.execute(select(signatures))}
    ever = {calculator for calculator, _ in by}
    return [Standing(one, by.get((one.id, one.digest)), one.id in ever) for one in CALCULATORS.values()]


def is_sample(connection: Connection, calculator: Calculator) -> bool:
    """Whether nobody signed the rules of a calculator as this process counts by them."""
    these = (signatures.c.calculator == calculator.id, signatures.c.digest == calculator.digest)
    return connection.execute(select(signatures.c.calculator).where(*these)).first() is None


def sign(
    connection: Connection, wanted: Collection[str], publisher: str, told: Signed = lambda _: None
) -> list[Calculator]:
    """Sign the rules of these calculators as they are; what is signed or unknown is left out. `told` hears of each."""
    signed = []
    for calculator in (one for name, one in CALCULATORS.items() if name in wanted and is_sample(connection, one)):
        values = {"calculator": calculator.id, "digest": calculator.digest, "signed_by": publisher}
        if insert_new(
            connection, signatures, **values, signed_at=now()
        ):  # two at the same moment: the first one counts
            signed.append(calculator)
    for calculator in signed:
        told(calculator)
    return signed
