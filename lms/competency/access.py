"""Who may rate whom, and who may read what was rated."""

from datetime import date
from uuid import UUID

from django.http import Http404

from lms.competency import queries
from lms.competency.models import Assessment, Framework, Rating
from lms.competency.rules import NotARater, NotYourself
from lms.people.models import Provider, User
from lms.programmes import access as programmes
from lms.programmes.models import Programme

RATES = ("rater", "supervisor")
READS = ("supervisor", "manager")


def may_rate(person: User, provider: Provider, framework: Framework, today: date) -> bool:
    """An authorised rater, in scope, and not herself."""
    return not refusal_to_rate(person, provider, framework, today)


def refusal_to_rate(
    person: User, provider: Provider, framework: Framework, today: date
) -> type[NotARater] | type[NotYourself] | None:
    """Why this person may not rate that one, or None."""
    if provider.user_id == person.id:
        return NotYourself
    in_scope = programmes.may_act_on(person, provider, *RATES, programme=framework.programme)
    if not in_scope or not queries.is_authorised(person, framework.programme, framework.code, today):
        return NotARater
    return None


def get_provider_to_rate(person: User, key: UUID) -> Provider:
    """Somebody in a rater's scope, or 404."""
    return programmes.get_provider_for(person, key, *RATES)


def own_rating(person: User, assessment_id: UUID) -> Rating | None:
    """One's own rating of somebody still in scope; others' working marks are nobody's business."""
    related = Rating.objects.select_related(
        "assessment__provider__user", "assessment__framework", "assessment__programme"
    )
    rating = related.filter(assessment=assessment_id, rater=person).first()
    return rating if rating and is_in_scope(person, rating.assessment) else None


def get_rating_for(person: User, assessment_id: UUID) -> Rating:
    """One's own rating of somebody still in scope, or 404."""
    rating = own_rating(person, assessment_id)
    if rating is None:
        raise Http404
    return rating


def is_in_scope(person: User, assessment: Assessment) -> bool:
    """Whether the roles by which one rates still reach the person who was rated."""
    return programmes.may_act_on(person, assessment.provider, *RATES, programme=assessment.programme)


def may_feed_back(person: User, assessment: Assessment) -> bool:
    """Who rated it, as long as the role lasts."""
    rated = any(rating.rater_id == person.id for rating in assessment.ratings.all())
    return rated and is_in_scope(person, assessment)


def may_read(person: User, assessment: Assessment) -> bool:
    """A finished assessment: its rater while the role lasts, and supervisors and managers in scope;
    the person herself after the talk about it. One that was taken back still says so.
    """
    state = assessment.state
    if assessment.provider.user_id == person.id:
        return any(event.kind == "fed_back" for event in assessment.events.all())
    if state not in ("finalised", "fed_back", "voided"):
        return False
    if may_feed_back(person, assessment):
        return True
    return may_follow(person, assessment.provider, assessment.programme)


def may_follow(person: User, provider: Provider, programme: Programme) -> bool:
    return programmes.may_act_on(person, provider, *READS, programme=programme)


def may_take_back(person: User, assessment: Assessment) -> bool:
    """Who follows the person's way, in scope; nobody takes back a rating of her own skills."""
    return assessment.provider.user_id != person.pk and may_follow(person, assessment.provider, assessment.programme)


def get_assessment_to_take_back(person: User, assessment_id: UUID) -> Assessment:
    """A finished assessment that this person may take back, or 404."""
    assessment = get_assessment_for(person, assessment_id)
    if assessment.state == "voided" or not may_take_back(person, assessment):
        raise Http404
    return assessment


def get_assessment_for(person: User, assessment_id: UUID) -> Assessment:
    """A finished assessment that this person may read, or 404."""
    assessment = queries.with_steps(Assessment.objects.filter(id=assessment_id)).first()
    if assessment is None or not may_read(person, assessment):
        raise Http404
    return assessment
