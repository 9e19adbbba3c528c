"""Question lists as people know them, and what is refused; no cut-off stands here: those are local."""

from django.utils.translation import gettext_lazy as _

from lms.people.rules import Refusal

# name -> the version that is usually meant; a suggestion, never filled in by itself
USUAL_VERSIONS = {
    "PHQ-9": "9 questions, 2 weeks",
    "GAD-7": "7 questions, 2 weeks",
    "SRQ-20": "20 questions, 30 days",
    "AUDIT": "10 questions, 1 year",
    "K-10": "10 questions, 30 days",
    "SDQ": "25 questions, 6 months",
}
MOST = 40


class NotItsManager(Refusal):
    code = "not_allowed"
    status = 403
    sentence = _("Only somebody who manages this programme can write down its cut-offs.")


class EnoughCutOffs(Refusal):
    code = "limit"
    sentence = _("There are 40 cut-offs already. Take one away first.")
