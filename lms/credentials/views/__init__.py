"""The check page for everybody, the holder's wallet, the desk's requests to revoke."""

from lms.credentials.views.api import bp as api
from lms.credentials.views.desk import bp as desk
from lms.credentials.views.files import bp as files
from lms.credentials.views.public import bp as public
from lms.credentials.views.wallet import bp as wallet

BLUEPRINTS = (public, files, wallet, desk, api)
