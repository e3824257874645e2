"""Makes demo people, their history and what their counties work at."""

from lms.demo.service.badges import sign_first
from lms.demo.service.seed import Seeded, Wish, seed
from lms.demo.service.settle import Settled, settle

__all__ = ["Seeded", "Settled", "Wish", "seed", "settle", "sign_first"]
