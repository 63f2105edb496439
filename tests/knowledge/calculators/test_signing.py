"""A signature under a calculator holds for the rules that were signed and for no others."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import knowledge.calculators.retirement as counting
from foundation.database import Database
from knowledge.calculators import CALCULATORS
from knowledge.calculators.retirement import RetirementCalculator
from knowledge.calculators.signing import is_sample, sign, standings

RULES = Path(counting.__file__).with_suffix(".yml")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    database.create_tables()
    yield database
    database.close()


def test_it_is_a_sample_until_somebody_signs(database: Database) -> None:
    told: list[str] = []
    with database.writing() as connection:
        assert all(is_sample(connection, one) for one in CALCULATORS.values())
        signed = sign(connection, ["retirement", "no-such"], "ke-zhang", lambda one: told.append(one.id))
        assert [one.id for one in signed] == told == ["retirement"]
        assert sign(connection, ["retirement"], "somebody-else", lambda one: told.append(one.id)) == []
    with database.reading() as connection:
        assert not is_sample(connection, CALCULATORS["retirement"]) and is_sample(connection, CALCULATORS["leave"])
        stands = {one.calculator.id: (one.signed_by, one.was_signed) for one in standings(connection)}
    assert stands["retirement"] == ("ke-zhang", True) and stands["leave"] == (None, False)


def test_changed_rules_are_a_sample_again(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = RULES.read_text(encoding="utf-8")
    same, changed = tmp_path / "same/retirement.yml", tmp_path / "changed/retirement.yml"
    for path, rules in ((same, text), (changed, text.replace("most: 36", "most: 35"))):
        path.parent.mkdir()
        path.write_text(rules, encoding="utf-8")
    later = RetirementCalculator(changed)
    with database.writing() as connection:
        sign(connection, ["retirement"], "ke-zhang")
        assert not is_sample(connection, RetirementCalculator(same)) and is_sample(connection, later)
        monkeypatch.setitem(CALCULATORS, "retirement", later)
        first = standings(connection)[0]
        assert (first.calculator, first.signed_by, first.was_signed) == (later, None, True)
        assert sign(connection, ["retirement"], "ke-zhang") == [later] and not is_sample(connection, later)


@pytest.mark.parametrize("module", ["retirement", "births", "dates"])
def test_a_module_that_counts_belongs_to_the_rules(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before, reads = RetirementCalculator(RULES).digest, Path.read_bytes
    changed = RULES.with_name(f"{module}.py")
    monkeypatch.setattr(Path, "read_bytes", lambda self: reads(self) + (b"#" if self == changed else b""))
    assert RetirementCalculator(RULES).digest != before
