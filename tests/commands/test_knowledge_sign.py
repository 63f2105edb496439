"""`wenzheng knowledge sign --calculator`: the rules of a calculator are signed, and the trace knows which."""

from foundation.audit import log
from foundation.database import Database
from knowledge.calculators import CALCULATORS
from knowledge.calculators.signing import SHOWN_DIGITS, is_sample
from tests.commands.test_knowledge_files import database, run
from tests.hotline.support import rows

__all__ = ["database"]


def test_calculators_are_signed_by_name(database: Database) -> None:
    told = run("sign", "--calculator", "retirement", "--calculator", "leave", "--by", "张科长")
    assert told.exit_code == 0 and "张科长 签了 2 个计算器" in told.stdout
    with database.reading() as connection:
        samples = {name for name, one in CALCULATORS.items() if is_sample(connection, one)}
    assert samples == set(CALCULATORS) - {"retirement", "leave"}
    acts = {row["subject"]: row["facts"] for row in rows(database, log) if row["act"] == "content.sign"}
    assert acts["calculator:leave"] == {"by": "张科长", "rules": CALCULATORS["leave"].digest[:SHOWN_DIGITS]}


def test_what_is_no_calculator_is_said_and_nothing_is_signed(database: Database) -> None:
    told = run("sign", "--calculator", "retirement", "--calculator", "no-such", "--by", "张科长")
    assert told.exit_code == 2 and "没有这些计算器:no-such" in told.stderr
    assert run("sign", "id-card-lost", "--calculator", "retirement", "--by", "张科长").exit_code == 2
    with database.reading() as connection:
        assert is_sample(connection, CALCULATORS["retirement"])
