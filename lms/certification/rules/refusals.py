"""Why a signature, a certificate or its withdrawal is refused, each in its own sentence."""

from django.utils.translation import gettext_lazy as _

from lms.people.rules import Refusal


class NotComplete(Refusal):
    code = "invalid"
    sentence = _("Something is still missing for this certificate. You can sign when everything is met.")


class NotYourOwn(Refusal):
    code = "not_allowed"
    status = 403
    sentence = _("Nobody can sign for their own certificate. Another person has to sign.")


class NotTheSupervisor(Refusal):
    code = "not_allowed"
    status = 403
    sentence = _("The first signature is for a supervisor of this person.")


class NotTheManager(Refusal):
    code = "not_allowed"
    status = 403
    sentence = _("The second signature is for a programme manager of this person.")


class FirstSignatureMissing(Refusal):
    code = "invalid"
    sentence = _("The supervisor has not signed yet. Their signature comes first.")


class SignedBefore(Refusal):
    code = "conflict"
    sentence = _("This signature was given before. Nothing was changed.")


class TwoPeople(Refusal):
    code = "not_allowed"
    status = 403
    sentence = _("You gave the first signature. The second one has to come from another person.")


class RatedTheEvidence(Refusal):
    code = "not_allowed"
    status = 403
    sentence = _("You rated this person in the proof for this certificate. Another manager has to sign.")


class RulesReplaced(Refusal):
    code = "closed"
    sentence = _("Newer rules hold for this certificate. Open the page again and look at what they ask.")


class ProofChanged(Refusal):
    code = "conflict"
    sentence = _("The proof has changed since the first signature. A supervisor has to look at it and sign again.")


class NotTakingPart(Refusal):
    code = "not_allowed"
    sentence = _(
        "This person does not take part in the programme now: paused, left, withdrawn or suspended. "
        "Nobody can sign until a programme manager takes them back."
    )


class OneScheme(Refusal):
    code = "conflict"
    sentence = _("This programme has a certificate already. Publish new rules for that one.")


class CertifiedAlready(Refusal):
    code = "conflict"
    sentence = _("This person holds this certificate already. Nothing was changed.")


class TakenBackAlready(Refusal):
    code = "closed"
    sentence = _("This certificate was taken back before. That is final.")


class NotSuspended(Refusal):
    code = "closed"
    sentence = _("This certificate is not suspended. Nothing was changed.")


class SuspendedAlready(Refusal):
    code = "closed"
    sentence = _("This certificate is suspended already. Nothing was changed.")


class ReasonMissing(Refusal):
    code = "invalid"
    sentence = _("Write down the reason. The person has a right to know it. The public never sees it.")


class NotToPrint(Refusal):
    code = "closed"
    status = 410
    sentence = _("This certificate is not valid now, so it cannot be printed. Ask the programme manager.")


class SchemeUnclear(Refusal):
    code = "invalid"
    sentence = _("The rules for this certificate cannot be read. Check each requirement and its numbers.")
