"""Calculators: what no text answers, because it depends on the citizen's own numbers."""

from pathlib import Path

from knowledge.calculators.calculator import Calculator, Choice, Field, NotPossible, Result
from knowledge.calculators.childcare_subsidy import ChildcareSubsidyCalculator
from knowledge.calculators.dismissal import DismissalCalculator
from knowledge.calculators.leave import LeaveCalculator
from knowledge.calculators.licence_renewal import LicenceRenewalCalculator
from knowledge.calculators.retirement import RetirementCalculator
from knowledge.calculators.tax_deductions import TaxDeductionsCalculator

__all__ = ["CALCULATORS", "Calculator", "Choice", "Field", "NotPossible", "Result", "wanted"]

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


def wanted(text: str) -> Calculator | None:
    """The calculator that a citizen's message asks for, or None."""
    return next((calculator for calculator in CALCULATORS.values() if calculator.wanted(text)), None)
