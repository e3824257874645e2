"""The tables of facts with what is behind them, of policies, decisions and what is due."""

from lms.subsidy.models.calendar import WorkCalendarEntry
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

__all__ = [
    "CertificateEntry",
    "EligibilityDecision",
    "EligibilityDue",
    "Evidence",
    "ExternalCertificate",
    "FactList",
    "FactListDraft",
    "LearnerFact",
    "PolicyAcceptance",
    "PolicyProposal",
    "PolicyVersion",
    "Promise",
    "WorkCalendarEntry",
]
