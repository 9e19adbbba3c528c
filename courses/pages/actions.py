"""Changes around pages: the front, a programme's catalogue with its authors' rights, and the subjects that the core
knows."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Site,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from courses.pages import queries
from courses.pages.models import CataloguePage, FrontPage, LearnIndex
from courses.pages.rules import CATALOGUE_DEPTH, STEP
from lms.people.models import User
from lms.programmes.actions import write_subject
from lms.programmes.models import Programme

AUTHOR_PAGE_RIGHTS = ("add_page", "change_page")
REVIEWER_PAGE_RIGHTS = ("add_page", "change_page", "publish_page", "lock_page", "unlock_page")
PICTURE_RIGHTS = ("add_image", "change_image", "choose_image")  # Wagtail asks these of its own model, whatever ours is
TAUGHT = frozenset({"catalogue", "course", "module", "lesson", "quiz"})


@transaction.atomic
def make_front(*, by: User | None, at: datetime) -> LearnIndex:
    """The front page and the page above all catalogues; there already: nothing changes."""
    there = LearnIndex.objects.filter(url_path=queries.root_path() + "learn/").first()
    if there:
        return there
    root = Page.get_first_root_node()
    front = FrontPage(title="Tandem", slug="front", owner=by)
    root.add_child(instance=front)
    Site.objects.update_or_create(
        is_default_site=True, defaults={"hostname": "localhost", "root_page": front, "site_name": "Tandem"}
    )
    for page in root.get_children().filter(content_type__model="page", numchild=0):
        page.delete()
    learn = LearnIndex(title="Learn", slug="learn", owner=by)
    front.add_child(instance=learn)
    for page in (front, learn):
        page.save_revision(user=by).publish(user=by, skip_permission_checks=True)
    return learn


@transaction.atomic
def make_catalogue(*, programme: Programme, by: User | None, at: datetime) -> CataloguePage:
    """The catalogue of a programme, and all that its authors and reviewers may do below it; made again, only what is
    missing is added."""
    learn = make_front(by=by, at=at)
    catalogue = queries.catalogue_of(programme.pk)
    if catalogue is None:
        catalogue = CataloguePage(
            title=programme.name, slug=programme.slug, programme=programme, intro=programme.summary, owner=by
        )
        learn.add_child(instance=catalogue)
        catalogue.save_revision(user=by).publish(user=by, skip_permission_checks=True)
    give_rights(programme, catalogue)
    give_review(programme, catalogue)
    return catalogue


def give_rights(programme: Programme, catalogue: CataloguePage) -> None:
    """Authors write below this catalogue and nowhere else; reviewers publish there. Pictures: the programme's own
    collection."""
    collection = collection_of(programme)
    enter = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    for group, rights in (
        (programme.authors_group, AUTHOR_PAGE_RIGHTS),
        (programme.reviewers_group, REVIEWER_PAGE_RIGHTS),
    ):
        group.permissions.add(enter)
        for right in Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=rights):
            GroupPagePermission.objects.get_or_create(group=group, page=catalogue.page_ptr, permission=right)
        for right in Permission.objects.filter(content_type__app_label="wagtailimages", codename__in=PICTURE_RIGHTS):
            GroupCollectionPermission.objects.get_or_create(group=group, collection=collection, permission=right)


def collection_of(programme: Programme) -> Collection:
    """The pictures of one programme, told apart by its slug."""
    root = Collection.get_first_root_node()
    name = f"Pictures · {programme.slug}"
    return root.get_children().filter(name=name).first() or root.add_child(name=name)


def give_review(programme: Programme, catalogue: CataloguePage) -> None:
    """Wagtail's own workflow, for pages and questions: an author submits, a reviewer of this programme publishes or
    sends back."""
    workflow = reviewed_by(f"Review · {programme.slug}", [programme.reviewers_group])
    WorkflowPage.objects.update_or_create(page=catalogue.page_ptr, defaults={"workflow": workflow})


def reviewed_by(name: str, groups: Iterable[Group]) -> Workflow:
    """A workflow of one step that these groups may take; groups that are there stay."""
    workflow, made = Workflow.objects.get_or_create(name=name, defaults={"active": True})
    if made:
        task = GroupApprovalTask.objects.create(name=name, active=True)
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    step = workflow.workflow_tasks.get()
    step.task.specific.groups.add(*groups)
    return workflow


@transaction.atomic
def publish_under(parent: Page, page: Page, by: User | None) -> Page:
    """Adds and publishes a page, or gives the one that is there already."""
    if page.locale_id is None:
        page.locale = parent.locale
    there = type(page).objects.filter(translation_key=page.translation_key, locale=page.locale).first()
    if there:
        return there
    page.owner = by
    parent.add_child(instance=page)
    page.save_revision(user=by).publish(user=by, skip_permission_checks=True)
    return page


@transaction.atomic
def write_branch(page: Page, *, closed: bool = False) -> int:
    """Tells the core of this page, of what stands above it and of all that hangs below; translations tell nothing.

    `closed`: the page is being taken down or deleted, and what stands above it, perhaps being deleted too, is left
    alone. Its subject stays, for records point to it, but is not live.
    """
    if page.depth < CATALOGUE_DEPTH or not queries.is_source(page):
        return 0
    above = [page.path[: depth * STEP] for depth in range(CATALOGUE_DEPTH, page.depth)]
    branch = Page.objects.filter(path__in=above) | Page.objects.filter(path__startswith=page.path)
    return write_pages(branch.order_by("path").select_related("locale").specific(), closed=page.path if closed else "")


def write_pages(pages: Iterable[Page], *, closed: str = "") -> int:
    """Writes subjects in tree order, so that each finds its parent; what hangs below something that is not live is
    not live."""
    keys: dict[str, UUID] = {}
    live: dict[str, bool] = {}
    programmes: dict[str, Programme] = {}
    for page in pages:
        kind = queries.kind_of(page.content_type_id)
        if kind not in TAUGHT:
            continue
        if kind == "catalogue":
            programmes[page.path] = page.programme
        above = page.path[:-STEP]
        keys[page.path] = page.translation_key
        live[page.path] = page.live and page.path != closed and live.get(above, True)
        if len(page.path) < len(closed):
            continue
        write_subject(
            key=page.translation_key,
            kind=kind,
            title=page.title,
            url=queries.address_of(page),
            language=page.locale.language_code,
            programme=programmes[page.path[: CATALOGUE_DEPTH * STEP]],
            parent_key=keys.get(above),
            position=int(page.path[-STEP:], 36),
            competencies=getattr(page, "competency_codes", []),
            live=live[page.path],
        )
    return len(keys)


def rebuild_subjects() -> int:
    """Writes every subject again from the pages; gives how many pages there are."""
    pages = Page.objects.filter(depth__gte=CATALOGUE_DEPTH, url_path__startswith=queries.root_path() + "learn/")
    return write_pages(pages.order_by("path").select_related("locale").specific())
