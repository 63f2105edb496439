"""Opening hours of the operators, set for a test."""

from foundation.controls import Controls

ALWAYS = ("00:00", "24:00")
NEVER = ("00:00", "00:00")
EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]


def opens(controls: Controls, begins: str, ends: str, *, workdays: bool = False) -> None:
    """Let operators be there from one time of the day to another; another process knows it within two seconds."""
    hours = {"workdays": workdays, "weekdays": EVERY_DAY, "opens": begins, "closes": ends}
    controls.refresh()
    controls.change("hours", controls.current("hours").version, hours, "test", "")
