"""The pages and calls of signing in and of one's own security."""

from lms.accounts.views import (  # noqa: F401 (importing a module registers its pages)
    api,
    devices,
    door,
    new_person,
    own,
    particulars,
    password,
    phone,
    proof,
    second,
    texts,
)
from lms.accounts.views.blueprint import bp as pages

BLUEPRINTS = (pages, api.bp)
