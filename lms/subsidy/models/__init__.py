"""The tables of facts, policies and decisions, of claims, public lists and payments."""

from lms.subsidy.models.calendar import WorkCalendarEntry
from lms.subsidy.models.claimed import (
    RunningNumber,
    SubsidyAccount,
    SubsidyClaim,
    SubsidyClaimCause,
    SubsidyClaimStep,
)
from lms.subsidy.models.decided import (
    EligibilityDecision,
    EligibilityDue,
    PolicyAcceptance,
    PolicyProposal,
    PolicyVersion,
)
from lms.subsidy.models.known import (
    CertificateEntry,
    Evidence,
    ExternalCertificate,
    FactList,
    FactListDraft,
    LearnerFact,
    Promise,
)
from lms.subsidy.models.paid import PaymentBatch, SubsidyPayment
from lms.subsidy.models.publicised import NoticeObjection, NoticeRow, PublicNotice

__all__ = [
    "CertificateEntry",
    "EligibilityDecision",
    "EligibilityDue",
    "Evidence",
    "ExternalCertificate",
    "FactList",
    "FactListDraft",
    "LearnerFact",
    "NoticeObjection",
    "NoticeRow",
    "PaymentBatch",
    "PolicyAcceptance",
    "PolicyProposal",
    "PolicyVersion",
    "Promise",
    "PublicNotice",
    "RunningNumber",
    "SubsidyAccount",
    "SubsidyClaim",
    "SubsidyClaimCause",
    "SubsidyClaimStep",
    "SubsidyPayment",
    "WorkCalendarEntry",
]
