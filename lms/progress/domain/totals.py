"""The sums of a person's progress: by material, by item over all its versions, by course."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

ItemKey = tuple[int, str, str]  # course id, lesson key, item key: the same in all versions


@dataclass(frozen=True, slots=True)
class Totals:
    """What was seen, counted and refused of one version, and where to go on; milliseconds.

    ``elsewhere_ms`` is what other versions of the item brought, ``longest_ms`` how long the
    longest of those is.
    """

    seen_ms: int
    credited_ms: int
    refused_ms: Mapping[str, int]
    position_ms: int
    elsewhere_ms: int = 0
    longest_ms: int = 0

    @property
    def verified_ms(self) -> int:
        """Return what the item brought in all its versions: what every page and list shows."""
        return self.credited_ms + self.elsewhere_ms


NOTHING_YET = Totals(0, 0, {}, 0)


class Studied:
    """Everything a person ever studied."""

    def __init__(self, rows: Iterable[tuple[int, ItemKey, int, Totals]]) -> None:
        """``rows`` are material, item, length and sums."""
        self.materials: dict[int, Totals] = {}
        self._items: defaultdict[ItemKey, int] = defaultdict(int)
        self._longest: defaultdict[ItemKey, int] = defaultdict(int)
        self._courses: defaultdict[int, int] = defaultdict(int)
        for material_id, key, duration_ms, totals in rows:
            self.materials[material_id] = totals
            self._items[key] += totals.credited_ms
            self._courses[key[0]] += totals.credited_ms
            if totals.credited_ms:
                self._longest[key] = max(self._longest[key], duration_ms)

    def of_item(self, material_id: int | None, key: ItemKey) -> Totals:
        """Return the sums of the version with what the others brought."""
        found = self.materials.get(material_id or 0, NOTHING_YET)
        elsewhere_ms = self._items.get(key, 0) - found.credited_ms
        if not elsewhere_ms:
            return found
        return replace(found, elsewhere_ms=elsewhere_ms, longest_ms=self._longest[key])

    def of_course(self, course_id: int) -> int:
        """Return what the course brought, with what it taught in earlier versions alone."""
        return self._courses.get(course_id, 0)
