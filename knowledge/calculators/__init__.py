"""Calculators: what no text answers, because it depends on the citizen's own numbers."""

from datetime import date
from pathlib import Path

from knowledge.calculators.calculator import Calculator, Choice, Field, NotPossible, Result
from knowledge.calculators.childcare_subsidy import ChildcareSubsidyCalculator
from knowledge.calculators.dismissal import DismissalCalculator
from knowledge.calculators.leave import LeaveCalculator
from knowledge.calculators.licence_renewal import LicenceRenewalCalculator
from knowledge.calculators.retirement import RetirementCalculator
from knowledge.calculators.tax_deductions import TaxDeductionsCalculator

__all__ = ["CALCULATORS", "Calculator", "Choice", "Field", "NotPossible", "Result", "on_matter", "wanted"]

_FOLDER = Path(__file__).parent
CALCULATORS: dict[str, Calculator] = {
    calculator.id: calculator
    for calculator in (
        RetirementCalculator(_FOLDER / "retirement.yml"),
        ChildcareSubsidyCalculator(_FOLDER / "childcare_subsidy.yml"),
        TaxDeductionsCalculator(_FOLDER / "tax_deductions.yml"),
        DismissalCalculator(_FOLDER / "dismissal.yml"),
        LeaveCalculator(_FOLDER / "leave.yml"),
        LicenceRenewalCalculator(_FOLDER / "licence_renewal.yml"),
    )
}


def wanted(text: str, on: date | None = None) -> Calculator | None:
    """The calculator that a citizen's message asks for, or None; with a day only one whose rules hold then."""
    in_force = (one for one in CALCULATORS.values() if on is None or one.in_force(on))
    return next((calculator for calculator in in_force if calculator.wanted(text)), None)


def on_matter(entry: str, on: date) -> list[Calculator]:
    """The calculators on the matter of an entry whose rules hold on a day."""
    return [one for one in CALCULATORS.values() if entry in one.entries and one.in_force(on)]
