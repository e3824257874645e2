"""The composition root: puts the application together from its features."""

from flask import Flask

from lms.accounts import views as accounts
from lms.accounts.cli import users
from lms.accounts.login import init_login
from lms.assessment.views.api import bp as assessment_api
from lms.assessment.views.pages import bp as assessment
from lms.audit.cli import audit
from lms.content.cli import content
from lms.core.clock import use_time_zone
from lms.credentials import views as credentials
from lms.credentials.cli import COMMANDS as BADGES
from lms.db.session import Database
from lms.demo.cli import demo
from lms.exchange.login import init_tokens
from lms.exchange.views import BLUEPRINTS as EXCHANGE
from lms.handover.views import bp as handover
from lms.insights.cli import insights as insights_commands
from lms.insights.views import BLUEPRINTS as FIGURES
from lms.jobs.gateway import HueyQueue, Queue
from lms.learning.views.api import bp as learning_api
from lms.learning.views.classes import bp as own_classes
from lms.learning.views.lessons import bp as lessons
from lms.learning.views.own_data import bp as own_data
from lms.learning.views.pages import bp as learning
from lms.learning.views.quiz import bp as quiz
from lms.learning.views.record import bp as record
from lms.learning.views.record_api import bp as record_api
from lms.learning.views.transcripts import bp as transcripts
from lms.media.cli import media as media_commands
from lms.media.views import BLUEPRINTS as MEDIA
from lms.notify.views import BLUEPRINTS as NOTIFY
from lms.operations.cli import init_operations
from lms.payments.views import BLUEPRINTS as PAYMENTS
from lms.progress import views as progress
from lms.progress.cli import cli as progress_commands
from lms.roster.cli import roster as roster_commands
from lms.roster.views import bp as roster
from lms.settings import Settings
from lms.staff.views import BLUEPRINTS as STAFF
from lms.studio.views import BLUEPRINTS as STUDIO
from lms.subsidy.cli import subsidy as subsidy_commands
from lms.subsidy.views import BLUEPRINTS as SUBSIDY
from lms.web.access import init_access
from lms.web.errors import init_errors
from lms.web.headers import init_headers
from lms.web.health import bp as health
from lms.web.i18n import init_i18n
from lms.web.logs import init_logs
from lms.web.pages import init_pages
from lms.web.server import Site, configure
from lms.web.templates import LanguageEnvironment
from lms.wiring import event_bus

BLUEPRINTS = (
    health,
    *accounts.BLUEPRINTS,
    *NOTIFY,
    learning,
    own_classes,
    lessons,
    transcripts,
    learning_api,
    record,
    record_api,
    quiz,
    own_data,
    assessment,
    assessment_api,
    *progress.BLUEPRINTS,
    *PAYMENTS,
    *credentials.BLUEPRINTS,
    *SUBSIDY,
    *FIGURES,
    roster,
    handover,
    *EXCHANGE,
    *STAFF,
    *MEDIA,
    *STUDIO,
)
STARTS = (
    init_login,
    init_access,
    init_tokens,
    init_i18n,
    init_pages,
    init_errors,
    init_operations,
)
COMMANDS = (
    audit,
    content,
    media_commands,
    users,
    progress_commands,
    *BADGES,
    roster_commands,
    subsidy_commands,
    insights_commands,
    demo,
)


def create_app(
    settings: Settings, *, database: Database | None = None, queue: Queue | None = None
) -> Flask:
    """Return the application; tests hand in a database and a queue of their own."""
    init_logs()
    app = Site("lms", template_folder="../templates", static_folder="../static")
    app.jinja_environment = LanguageEnvironment
    configure(app, settings)
    use_time_zone(settings.time_zone)
    moved_by = queue or HueyQueue(settings.queue_url)
    app.extensions["lms_settings"] = settings
    app.extensions["lms_queue"] = moved_by
    app.extensions["lms_database"] = database or Database(
        settings.database_url, bus=event_bus(), dispatch=moved_by.dispatch
    )
    for start in STARTS:
        start(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for group in COMMANDS:
        app.cli.add_command(group)
    bucket = settings.bucket
    init_headers(app, https=settings.https, media_origin=bucket.origin if bucket else None)
    return app
