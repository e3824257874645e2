"""How receipts are numbered: a county counts its own, anew each year."""

_DIGITS = 6


def receipt_number(county_code: str, year: int, serial: int) -> str:
    """Return the number of a county's so-manieth receipt of a year: ``330802-2026-000123``."""
    return f"{county_code}-{year}-{serial:0{_DIGITS}d}"
