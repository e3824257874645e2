"""Which features listen to which events, who does which job, what is done and sealed where."""

from collections.abc import Mapping, Sequence

from sqlalchemy import true

from lms.accounts.events import (
    HandoverConsentChanged,
    IdentityChanged,
    PayeeChanged,
    PeopleTakenIn,
    SignInEnded,
)
from lms.accounts.service.resealing import SEALED as OF_ACCOUNTS
from lms.accounts.service.resealing import SealedColumn, SealedFiles
from lms.accounts.tasks import (
    ForgetSignIns,
    ask_registry,
    ask_registry_of_list,
    forget_proofs,
)
from lms.assessment.events import AttemptGraded
from lms.assessment.tasks import close_abandoned_attempts
from lms.catalog import handlers as catalog
from lms.catalog.events import ListingChanged
from lms.credentials import handlers as credentials
from lms.credentials.events import BadgeRevoked
from lms.credentials.models import IssuerKey
from lms.credentials.service.keys import place as place_of_key
from lms.credentials.tasks import (
    issue_backlog,
    issue_badge,
    keep_current,
    publish_list,
    start_the_day,
)
from lms.db.bus import Bus
from lms.db.bus import Handler as EventHandler
from lms.delivery.tasks import clear_files, tell_of_failures
from lms.enrollment.events import (
    Attended,
    ClassChanged,
    ClassFilled,
    CourseCompleted,
    Enrolled,
    Moved,
    Seated,
)
from lms.enrollment.tasks import follow_the_days, move
from lms.handover.tasks import make_handover
from lms.insights.tasks import roll_up
from lms.jobs.tasks import Chore
from lms.jobs.tasks import Handler as JobHandler
from lms.keeping.tasks import EraseDue
from lms.media.events import AssetSame
from lms.media.tasks import clear_abandoned as clear_abandoned_videos
from lms.media.tasks import clear_uploads, make_ladder
from lms.media.tasks import prepare as prepare_video
from lms.notify.handlers import send_message
from lms.payments.events import Refunded, SeatChanged
from lms.payments.tasks import (
    close_page,
    end_overdue,
    reconcile,
    reconcile_nightly,
    send_refund,
)
from lms.progress import handlers as progress
from lms.progress.events import FlagChanged, ItemCompleted, LeaseEnded, TimeGranted
from lms.progress.tasks import compensate, look_at_day, look_at_missed_days
from lms.roster.service.keeping_lines import KeepLines
from lms.roster.tasks import freeze_roster, make_export, make_scheduled
from lms.staff.domain import ROSTERS
from lms.staff.models import RosterDraft
from lms.staff.tasks import SweepRosters
from lms.subsidy import handlers as subsidy
from lms.subsidy.events import Decided
from lms.subsidy.gateway.papers import LISTS, PAPERS
from lms.subsidy.models import Evidence, FactListDraft, NoticeObjection
from lms.subsidy.notice_tasks import keep_printed, print_long
from lms.subsidy.service import place_of_contact
from lms.subsidy.tasks import (
    SweepPapers,
    decide_what_is_due,
    dry_run,
    look_at_claims_again,
    mark_touched,
)
from lms.web.limits import clear_old_counts

EVENTS: dict[type, Sequence[EventHandler]] = {
    AssetSame: (catalog.video_sent_before,),
    AttemptGraded: (progress.quiz_passed, subsidy.graded),
    Attended: (progress.attended, subsidy.studied),
    BadgeRevoked: (subsidy.badge_revoked,),
    ClassChanged: (subsidy.class_changed,),
    ClassFilled: (progress.class_filled, subsidy.class_filled),
    CourseCompleted: (credentials.course_completed, subsidy.studied),
    Decided: (subsidy.decided,),
    Enrolled: (progress.enrolled, subsidy.studied),
    FlagChanged: (subsidy.studied,),
    HandoverConsentChanged: (subsidy.consent_changed,),
    IdentityChanged: (subsidy.identity_changed,),
    ItemCompleted: (subsidy.studied,),
    LeaseEnded: (subsidy.studied,),
    ListingChanged: (subsidy.listing_changed,),
    Moved: (progress.moved, subsidy.studied),
    SeatChanged: (credentials.seat_changed, subsidy.studied),
    Seated: (subsidy.studied,),
    PayeeChanged: (subsidy.payee_changed,),
    PeopleTakenIn: (subsidy.people_taken_in,),
    Refunded: (subsidy.refunded,),
    SignInEnded: (progress.sign_in_ended,),
    TimeGranted: (subsidy.studied,),
}

JOBS: dict[str, JobHandler] = {
    "accounts.registry": ask_registry,
    "accounts.registry_list": ask_registry_of_list,
    "credentials.backlog": issue_backlog,
    "credentials.daily": keep_current,
    "credentials.issue": issue_badge,
    "credentials.status": publish_list,
    "enrollment.move": move,
    "handover.make": make_handover,
    "media.ladder": make_ladder,
    "media.prepare": prepare_video,
    "payments.close_page": close_page,
    "payments.reconcile": reconcile,
    "payments.refund": send_refund,
    "progress.compensate": compensate,
    "progress.flags": look_at_day,
    "roster.export": make_export,
    "roster.freeze": freeze_roster,
    "sms.send": send_message,
    "subsidy.dry_run": dry_run,
    "subsidy.mark_touched": mark_touched,
    "subsidy.print_notice": print_long,
}

CHORES: Sequence[Chore] = (
    close_abandoned_attempts,
    clear_abandoned_videos,
    clear_files,
    tell_of_failures,
    make_scheduled,
    clear_uploads,
    forget_proofs,
    ForgetSignIns(),
    clear_old_counts,
    start_the_day,
    decide_what_is_due,
    look_at_claims_again,
    follow_the_days,
    end_overdue,
    reconcile_nightly,
    keep_printed,
    EraseDue(),
    SweepPapers(),
    SweepRosters(),
    look_at_missed_days,
    KeepLines(),
    roll_up,
)


# Everything the vault sealed into the database.
SEALED: Sequence[SealedColumn] = (
    *OF_ACCOUNTS,
    SealedColumn(IssuerKey.id, IssuerKey.private, place_of_key),
    SealedColumn(NoticeObjection.number, NoticeObjection.contact, place_of_contact),
)

# The folders of sealed files below the site's data, and whose rows name them.
SEALED_FILES: Mapping[str, SealedFiles] = {
    PAPERS: SealedFiles(Evidence.id, Evidence.key_name, true()),
    LISTS: SealedFiles(
        FactListDraft.id, FactListDraft.key_name, FactListDraft.taken_in_at.is_(None)
    ),
    ROSTERS: SealedFiles(RosterDraft.id, RosterDraft.key_name, RosterDraft.taken_in_at.is_(None)),
}


def event_bus() -> Bus:
    """Return the bus with every listener."""
    return Bus(EVENTS)
