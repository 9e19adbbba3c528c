"""The pages of supervision groups: mine, one group, making and changing one, its agreement."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.outbox.actions import once
from lms.outbox.rules import Answer
from lms.programmes.models import Cohort
from lms.programmes.queries import cohorts_within

from . import access, actions, queries, registry, rules
from .forms import AgreementForm, GroupForm, SignForm
from .models import SupervisionGroup

PER_PAGE = 30


@login_required
@require_safe
@never_cache
def groups(request: HttpRequest) -> HttpResponse:
    """The groups that a person belongs to, and those that she may change."""
    mine = queries.groups_of(request.user)
    held = {group.pk for group in mine}
    changes = cohorts_within(request.user, *queries.CHANGING_ROLES).exists()
    page = Paginator(queries.groups_to_change(request.user).exclude(pk__in=held), PER_PAGE)
    if not mine and not changes:
        raise Http404
    facts = {"mine": mine, "changes": changes, "page": page.get_page(request.GET.get("page"))}
    return render(request, "supervision/groups/groups.html", facts)


@login_required
@require_safe
@never_cache
def group_page(request: HttpRequest, group_id: UUID) -> HttpResponse:
    group = access.get_group_for(request.user, group_id)
    agreement = queries.newest_agreement(group)
    signers = queries.signers_of(group, agreement)
    members = [signer for signer in signers if signer.role == "member"]
    changes = access.may_change(request.user, group)
    facts = {
        "group": group,
        "agreement": agreement,
        "signers": signers,
        "missing": sum(signer.signed_at is None for signer in signers),
        "to_sign": any(signer.person == request.user and signer.signed_at is None for signer in signers),
        "size": rules.size_words(len(members)) if group.ended_at is None else "",
        "changes": changes,
        "planned": registry.planned_in(group) if changes and group.ended_at is None else 0,
        "plans": access.may_plan(request.user, group),
        "key": uuid4(),
    }
    return render(request, "supervision/groups/group.html", facts)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def group_new(request: HttpRequest) -> HttpResponse:
    """Whose people, then which group."""
    cohorts = list(cohorts_within(request.user, *queries.CHANGING_ROLES))
    if not cohorts:
        raise Http404
    asked = request.GET.get("cohort", "")
    cohort = next((one for one in cohorts if str(one.pk) == asked), cohorts[0] if len(cohorts) == 1 else None)
    if cohort is None:
        return render(request, "supervision/groups/whose.html", {"cohorts": cohorts})
    return _group_form(request, cohort, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def group_change(request: HttpRequest, group_id: UUID) -> HttpResponse:
    group = access.get_group_to_change(request.user, group_id)
    return _group_form(request, group.cohort, group)


def _group_form(request: HttpRequest, cohort: Cohort, group: SupervisionGroup | None) -> HttpResponse:
    asked = request.POST if request.method == "POST" else None
    form = GroupForm(asked, by=request.user, cohort=cohort, group=group)
    refused = ""
    if asked is not None and form.is_valid():
        answer = _kept(request, form, cohort, group)
        if answer.counted:
            size = rules.size_words(len(form.cleaned_data["providers"]))
            messages.success(request, " ".join(part for part in (_("The group is kept."), size) if part))
            return redirect("supervision:group", answer.data["group"])
        refused = answer.detail
    facts = {"form": form, "key": uuid4(), "cohort": cohort, "group": group, "refused": refused}
    status = 409 if refused else 400 if form.errors else 200
    return render(request, "supervision/groups/form.html", facts, status=status)


def _kept(request: HttpRequest, form: GroupForm, cohort: Cohort, group: SupervisionGroup | None) -> Answer:
    told, at = form.told(), timezone.now()

    def act() -> dict[str, str]:
        if group is None:
            return {"group": str(actions.create_group(cohort=cohort, by=request.user, at=at, **told).pk)}
        return {"group": str(actions.change_group(group=group, by=request.user, at=at, **told).pk)}

    people = {name: told[name].pk if told[name] else None for name in ("supervisor", "co_supervisor")}
    body: dict[str, Any] = {**told, **people, "cohort": cohort.pk, "group": group.pk if group else None}
    return once(key=form.cleaned_data["key"], person=request.user, body=body, at=at, act=act)


@login_required
@require_POST
def group_end(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Ends a group with what is planned for it; pressed twice, it has ended."""
    group = access.get_group_to_change(request.user, group_id)
    if request.POST.get("sure") == "1":
        actions.end_group(group=group, by=request.user, at=timezone.now())
        messages.success(request, _("The group has ended. What happened in it stays."))
    else:
        messages.warning(request, _("Tick that you are sure, then end the group."))
    return redirect("supervision:group", group.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def agreement(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Reading what the group promises, and signing it."""
    group = access.get_group_for(request.user, group_id)
    kept = queries.newest_agreement(group)
    if kept is None:
        raise Http404
    form, refused = SignForm(request.POST if request.method == "POST" else None), ""
    if request.method == "POST" and form.is_valid():
        answer = _signed(request, group, form)
        if answer.counted:
            messages.success(request, _("You have signed. Thank you."))
            return redirect("supervision:group", group.pk)
        refused = answer.detail
    signers = queries.signers_of(group, kept)
    facts = {
        "group": group,
        "agreement": kept,
        "signers": signers,
        "mine": next((signer for signer in signers if signer.person == request.user), None),
        "changes": access.may_change(request.user, group) and group.ended_at is None,
        "write": AgreementForm(initial={"text": kept.text}),
        "form": form,
        "key": uuid4(),
        "refused": refused,
    }
    status = 409 if refused else 400 if form.errors else 200
    return render(request, "supervision/groups/agreement.html", facts, status=status)


def _signed(request: HttpRequest, group: SupervisionGroup, form: SignForm) -> Answer:
    version, at = form.cleaned_data["version"], timezone.now()

    def act() -> dict[str, str]:
        newest = queries.newest_agreement(group)
        if newest is None or newest.version != version:
            raise rules.NotToSign
        return {"signature": str(actions.sign_agreement(agreement=newest, by=request.user, at=at).pk)}

    body = {"sign": group.pk, "version": version}
    return once(key=form.cleaned_data["key"], person=request.user, body=body, at=at, act=act)


@login_required
@require_http_methods(["POST"])
@never_cache
def agreement_write(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Another text; what cannot be kept comes back with its words."""
    group, at = access.get_group_to_change(request.user, group_id), timezone.now()
    form, refused = AgreementForm(request.POST), ""
    if form.is_valid():
        text = form.cleaned_data["text"]

        def act() -> dict[str, int]:
            return {"version": actions.write_agreement(group=group, text=text, by=request.user, at=at).version}

        body = {"write": group.pk, "text": text}
        answer = once(key=form.cleaned_data["key"], person=request.user, body=body, at=at, act=act)
        if answer.counted:
            return redirect("supervision:group-agreement", group.pk)
        refused = answer.detail
    facts = {"group": group, "form": form, "key": uuid4(), "refused": refused}
    return render(request, "supervision/groups/write.html", facts, status=409 if refused else 400)
