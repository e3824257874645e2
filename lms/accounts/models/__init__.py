"""The tables of people: who they are, how they sign in, what they agreed to."""

from lms.accounts.models.identity import (
    BankAccount,
    BankState,
    CheckMethod,
    CheckResult,
    Guardian,
    GuardianProof,
    Identity,
    IdentityCheck,
    IdentityState,
)
from lms.accounts.models.particulars import Particulars
from lms.accounts.models.people import (
    CodePurpose,
    Consent,
    ConsentWay,
    County,
    HalfSignIn,
    OneTimeCode,
    Person,
    PersonState,
    RoleGrant,
    SignIn,
    TotpSecret,
)

__all__ = [
    "BankAccount",
    "BankState",
    "CheckMethod",
    "CheckResult",
    "CodePurpose",
    "Consent",
    "ConsentWay",
    "County",
    "Guardian",
    "GuardianProof",
    "HalfSignIn",
    "Identity",
    "IdentityCheck",
    "IdentityState",
    "OneTimeCode",
    "Particulars",
    "Person",
    "PersonState",
    "RoleGrant",
    "SignIn",
    "TotpSecret",
]
