"""The check page for everybody, the holder's wallet, the desk's requests to revoke."""

from lms.credentials.views import api, desk, files, public, wallet

BLUEPRINTS = (public.bp, files.bp, wallet.bp, desk.bp, api.bp)
