"""Statutory groups as a list keeps them: one bit each, so that a line says all of them at once."""

from collections.abc import Iterator, Mapping

# A bit stays its group's for ever: lines that are kept say them.
GROUP_BITS: Mapping[str, int] = {
    "poverty_prevention": 1,
    "graduate_year": 2,
    "unschooled_leaver": 4,
    "rural_transfer": 8,
    "registered_unemployed": 16,
    "hardship": 32,
    "enterprise_employee": 64,
    "veteran": 128,
}


def groups_of(bits: int) -> Iterator[str]:
    """Yield the groups whose bits are set."""
    return (name for name, bit in GROUP_BITS.items() if bits & bit)
