"""The site on loopback, which halts at a step of taking in what Stripe tells, to be killed there.

Its third argument is the port.
"""

import os
import sys
from importlib import import_module

from werkzeug.serving import make_server

from lms.app import create_app
from lms.payments import service
from lms.settings import Settings
from tests.faults.halting import Halting

# Where it halts: once the message and all it changes are written and before that is durable, and
# once it is durable, before Stripe hears that it is.
STEPS = 2

if __name__ == "__main__":
    halting = Halting.as_asked()
    webhooks = import_module("lms.payments.views.webhooks")
    service.hear = halting.after(0, service.hear)
    webhooks.jsonify = halting.before(1, webhooks.jsonify)
    app = create_app(Settings.from_env(os.environ))
    make_server("127.0.0.1", int(sys.argv[3]), app, threaded=True).serve_forever()
