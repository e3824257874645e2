"""When what a closed account left behind is to be deleted, and what of it."""

from datetime import date

# What stands where a name stood; the same in both languages, as names are.
NO_NAME = "已删除"

# Tables of people whose rows go: who they are, what they said and what was found from it.
GONE = frozenset(
    {
        *("identity", "identity_check", "bank_account", "guardian", "consent", "totp_secret"),
        "particulars",
        *("learner_fact", "promise", "evidence", "external_certificate", "certificate_entry"),
        *("eligibility_decision", "eligibility_due"),
        *("class_wait", "class_objection", "class_confirmation"),
        *("subsidy_account", "subsidy_claim_step", "subsidy_claim_cause", "notice_row"),
        *("saved_filter", "list_columns"),
        *("inbox_message", "frozen_cells"),
    }
)
# Tables whose rows stay as they are: they count, or were signed, and name nobody. Sign-ins go as
# far as no evidence names them; proofs of a sign-in went within days, by another chore.
LEFT = frozenset(
    {
        *("enrollment", "attendance_entry", "session_attendance", "item_completion"),
        *("watch_slice", "playback_lease", "material_progress", "presence_check", "study_clock"),
        *("attempt", "attempt_question", "response", "course_time", "final_result"),
        # The database empties the one with the name, and the other says what the enrollment says.
        *("found_by", "roster_line"),
        *("credential", "holder", "badge_request", "role_grant"),
        *("sign_in", "half_sign_in"),
        *("subsidy_claim", "subsidy_payment", "course_order", "counter_payment"),
        *("redemption", "undone_order"),
        "figure_person",
    }
)
# Tables that take rows of whoever was erased too. What the learner's own phone writes, at every
# beat or answer, and what is found from that: nobody signs in with an account that was closed for
# years, the rows stay and name nobody, and they come so often that a look at the person each time
# is too much. Badges stay for ever, say no name, and are issued anew as others are. What of
# somebody is counted follows from the rows that stay.
GOES_ON = frozenset(
    {
        *("watch_slice", "playback_lease", "material_progress", "presence_check", "study_clock"),
        *("item_completion", "attempt", "attempt_question", "response"),
        *("course_time", "final_result", "found_by", "roster_line"),
        *("credential", "holder", "badge_request"),
        "figure_person",
    }
)
# What the site finds by itself or tells, of many people at once: whoever was erased is left out of
# it, and the others are written down.
LEFT_OUT = frozenset(
    {"eligibility_decision", "eligibility_due", "frozen_cells", "inbox_message", "study_flag"}
)
# Tables whose rows stay without the words the person wrote, and what stands in their place.
WORDLESS = {"time_request": "", "study_flag": None}


def kept_since(today: date, years: int) -> date:
    """Return the first day of closing that is still kept; whoever closed before it is due.

    The day of closing does not count, and the last of the years ends with the same day of the year,
    or with the last of the month where there is none (Civil Code of China, articles 201 and 202).
    """
    year = today.year - years
    try:
        return today.replace(year=year)
    except ValueError:
        # 29 February looks back on a year without one: who closed on the 28th was kept until now.
        return date(year, 3, 1)
