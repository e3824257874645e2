"""The words for values, sources and lists; codes travel, these stand here."""

from collections.abc import Mapping
from typing import Any

from lms.subsidy.domain.counties import CITIES, COUNTIES, ELSEWHERE


def _(text: str) -> str:
    """Mark a sentence for translation."""
    return text


# What a group is, in words people use; the second line says how to know.
GROUPS = {
    "registered_unemployed": (
        _("Registered as out of work"),
        _("You are registered at the employment office."),
    ),
    "rural_transfer": (
        _("From the countryside, working in another trade"),
        _("Your household is rural and you work, or look for work, outside farming."),
    ),
    "hardship": (
        _("Person who finds work only with difficulty"),
        _("The employment office has confirmed it, for example because of age or illness."),
    ),
    "poverty_prevention": (
        _("Family watched so that it does not fall back into poverty"),
        _("The village keeps a file of your family."),
    ),
    "graduate_year": (
        _("University graduate of this year"),
        _("You finish a university or technician college in this calendar year."),
    ),
    "unschooled_leaver": (
        _("School leaver who does not go on to a school"),
        _("You just left middle or high school and go to no other school."),
    ),
    "enterprise_employee": (
        _("Employee of a company"),
        _("You have a contract of work with a company."),
    ),
    "veteran": (_("Veteran"), _("You served in the army.")),
}
TIES = {
    "hukou": _("Household register (hukou)"),
    "residence_permit": _("Residence permit"),
    "social_insurance": _("Social insurance"),
    "unemployment_registration": _("Registered there as out of work"),
    "employment": _("Work there"),
    "study": _("Study there"),
}
QUESTIONS = {
    "group": _("Which of these were you?"),
    "ties": _("Where are you at home?"),
    "staff": _("Did you hold a post on the public staff?"),
    "pension": _("Did you draw a pension every month?"),
    "student": _("Were you a full-time student?"),
    "funding": _("Does another public purse pay for this training?"),
}
HELP = {
    "staff": _(
        "Civil servants and staff of schools, hospitals or other public bodies with a post."
    ),
    "pension": _("Money every month after retiring, from the old-age insurance of employees."),
    "student": _("At a school or university every day. Evening classes are not meant."),
    "funding": _("For example the army's, the farm office's or the women's federation's training."),
}
# What each fact is called at the desk.
FACT_WORDS = {
    "real_name_verified": _("Real name checked"),
    "sex": _("Sex"),
    "birth_date": _("Birthday"),
    "groups": _("Group"),
    "ties": _("Tie to the county"),
    "public_staff": _("Public staff"),
    "receiving_pension": _("Receives a pension"),
    "full_time_student": _("Full-time student"),
    "consent": _("Consent"),
    "payee_name_matches": _("Name of the account"),
    "other_public_source": _("Other public money"),
    "past_subsidies": _("Earlier subsidies"),
}
LISTS = {
    "registered_unemployed": _("Registered as out of work"),
    "pension": _("Draws a pension"),
    "public_staff": _("Public staff"),
    "subsidies": _("Subsidies paid before"),
}
SUBSIDY_KINDS = {
    "training": _("Training subsidy"),
    "skill_upgrade": _("Skill upgrade subsidy"),
    "living": _("Living allowance"),
    "assessment": _("Exam subsidy"),
}
SUBSIDY_STATES = {
    "paid": _("paid"),
    "pending": _("being paid"),
    "rejected": _("refused"),
    "revoked": _("taken back"),
}
CERTIFICATE_TYPES = {
    "skill_level": _("Skill level certificate"),
    "vocational_qualification": _("Vocational qualification certificate"),
    "special_ability": _("Special ability certificate"),
    "training_pass": _("Training pass certificate"),
}

# What the templates are given besides what they show.
SHOWN: Mapping[str, Any] = {
    "fact_words": FACT_WORDS,
    "groups": GROUPS,
    "ties": TIES,
    "questions": QUESTIONS,
    "question_help": HELP,
    "list_words": LISTS,
    "subsidy_kinds": SUBSIDY_KINDS,
    "subsidy_states": SUBSIDY_STATES,
    "certificate_types": CERTIFICATE_TYPES,
    "cities": CITIES,
    "counties": COUNTIES,
    "elsewhere": ELSEWHERE,
}
