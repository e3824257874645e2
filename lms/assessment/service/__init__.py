"""Changes question banks, quizzes and attempts."""

from lms.assessment.service.attempts import (
    save_page,
    save_response,
    start_attempt,
)
from lms.assessment.service.banks import BankReport, QuizTerms, create_quiz, import_bank
from lms.assessment.service.closing import (
    close_if_overdue,
    close_overdue_attempts,
    hand_in,
    submit_attempt,
)

__all__ = [
    "BankReport",
    "QuizTerms",
    "close_if_overdue",
    "close_overdue_attempts",
    "create_quiz",
    "hand_in",
    "import_bank",
    "save_page",
    "save_response",
    "start_attempt",
    "submit_attempt",
]
