"""What was measured, as lines: name, value, unit and its ratio to the yardstick or limit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; ``ratio`` is the value divided by its yardstick or limit.

    ``wanted`` is what the ratio should reach (``at_least``) or not pass; ``None`` wants nothing.
    """

    name: str
    value: float
    unit: str
    ratio: float
    wanted: float | None = None
    at_least: bool = False

    @property
    def is_missed(self) -> bool:
        """Tell whether the figure is worse than wanted."""
        if self.wanted is None:
            return False
        return self.ratio < self.wanted if self.at_least else self.ratio > self.wanted

    def line(self) -> str:
        """Return the figure as the bench prints it."""
        value = f"{self.value:.0f}" if self.value.is_integer() else f"{self.value:.1f}"
        said = f"{self.name} {value} {self.unit} {self.ratio:.2f}"
        if not self.is_missed:
            return said
        return f"{said}  MISSED (wanted {'>=' if self.at_least else '<='} {self.wanted:g})"


def speed(name: str, per_second: float, ratio: float, *, wanted: float) -> Figure:
    """Return a rate and its ratio to that of the yardstick, of which it should reach a share."""
    return Figure(name, round(per_second, 1), "requests/s", ratio, wanted, at_least=True)


def amount(name: str, value: float, unit: str, limit: float) -> Figure:
    """Return an amount that should not pass its limit."""
    return Figure(name, float(value), unit, value / limit, wanted=1)
