"""Makes demo people and their history."""

from lms.demo.service.badges import sign_first
from lms.demo.service.seed import Seeded, Wish, seed

__all__ = ["Seeded", "Wish", "seed", "sign_first"]
