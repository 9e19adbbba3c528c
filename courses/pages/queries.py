"""Questions about pages: which one stands at an address, and what a course is made of."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db.models import OuterRef, QuerySet, Subquery, UUIDField
from django.db.models.functions import Substr
from wagtail.images import get_image_model
from wagtail.models import Page, ReferenceIndex, Site

from courses.pages.models import CataloguePage
from courses.pages.rules import CATALOGUE_DEPTH, COURSE_DEPTH, STEP, Course, Node, courses_of
from courses.pictures.queries import marks_of_pictures

CATALOGUE_PATH = CATALOGUE_DEPTH * STEP
COURSE_PATH = COURSE_DEPTH * STEP


@dataclass(frozen=True)
class Found:
    """The page to show at an address. `source` is the page whose address it is; `fallback` says that the person's
    language was not there."""

    page: Page
    source: Page
    language: str
    fallback: bool
    programme_id: UUID | None


def root_path() -> str:
    """The `url_path` of the front page; all addresses are what follows it. Kept in the cache by Wagtail."""
    paths = Site.get_site_root_paths()
    return paths[0].root_path if paths else "/"


def address_of(page: Page) -> str:
    """The address of a source page, without host or language."""
    return "/" + page.url_path.removeprefix(root_path())


def with_programme(pages: QuerySet[Page]) -> QuerySet[Page]:
    """Adds `catalogue_programme`: the programme of the catalogue that each page hangs under."""
    catalogue = CataloguePage.objects.filter(path=Substr(OuterRef("path"), 1, CATALOGUE_PATH))
    return pages.annotate(catalogue_programme=Subquery(catalogue.values("programme_id")[:1], output_field=UUIDField()))


def found_at(address: str, language: str) -> Found | None:
    """The published page at this address in this language, else in the language it was written in. Two queries."""
    url_path = root_path() + address.lstrip("/")
    source_key = Page.objects.filter(url_path=url_path, live=True).values("translation_key")
    candidates = with_programme(Page.objects.filter(translation_key__in=source_key, live=True).select_related("locale"))
    versions = list(candidates)
    source = next((page for page in versions if page.url_path == url_path), None)
    if source is None:
        return None
    wanted = (page for page in versions if page.locale.language_code == language and page.alias_of_id is None)
    chosen = next(wanted, source)
    return Found(
        page=chosen.specific,
        source=source,
        language=chosen.locale.language_code,
        fallback=chosen.locale.language_code != language,
        programme_id=source.catalogue_programme,
    )


def kind_of(content_type_id: int) -> str:
    """lesson, quiz, module, course, catalogue; asked of Django's own cache of content types."""
    return ContentType.objects.get_for_id(content_type_id).model.removesuffix("page")


def nodes(pages: QuerySet[Page], language: str) -> list[Node]:
    """Live pages in tree order, titled in this language where there is a translation."""
    root = root_path()
    rows = list(
        with_programme(pages.filter(live=True).order_by("path")).values_list(
            "translation_key",
            "content_type_id",
            "title",
            "url_path",
            "path",
            "catalogue_programme",
            "locale__language_code",
        )
    )
    foreign = [row[0] for row in rows if row[6] != language]
    titles = titles_in(language, foreign) if foreign else {}
    return [
        Node(key, kind_of(content_type), titles.get(key, title), "/" + url_path.removeprefix(root), path, programme)
        for key, content_type, title, url_path, path, programme, _ in rows
    ]


def titles_in(language: str, keys: Iterable[UUID]) -> dict[UUID, str]:
    """Titles of the published translations into this language."""
    translated = Page.objects.filter(translation_key__in=keys, locale__language_code=language, live=True, alias_of=None)
    return dict(translated.values_list("translation_key", "title"))


def course_at(path: str, language: str) -> Course | None:
    """The course in which the page with this tree path stands."""
    if len(path) < COURSE_PATH:
        return None
    found = courses_of(nodes(Page.objects.filter(path__startswith=path[:COURSE_PATH]), language))
    return found[0] if found else None


def courses_in(programme_ids: Iterable[UUID], language: str) -> list[Course]:
    """All published courses of these programmes, in one query (two where titles are translated)."""
    catalogues = CataloguePage.objects.filter(programme_id__in=list(programme_ids), url_path__startswith=root_path())
    below = Page.objects.filter(depth__gte=COURSE_DEPTH).annotate(top=Substr("path", 1, CATALOGUE_PATH))
    return courses_of(nodes(below.filter(top__in=catalogues.values("path")), language))


def source_page(key: UUID) -> Page | None:
    """The page in which a subject was written, published or not."""
    return Page.objects.filter(translation_key=key, url_path__startswith=root_path()).first()


def marks_of(keys: Iterable[UUID]) -> dict[UUID, list[str]]:
    """What changes when a published page changes: its revision and title in each language, and the pictures that stand
    in it, as they are now. Three queries, however many pages."""
    rows = Page.objects.filter(translation_key__in=list(keys), live=True).order_by("pk")
    pages = {
        str(row[0]): (row[1], f"{row[2]} {row[3]} {row[4]}")
        for row in rows.values_list("pk", "translation_key", "live_revision_id", "last_published_at", "title")
    }
    marks: dict[UUID, list[str]] = {}
    for key, mark in pages.values():
        marks.setdefault(key, []).append(mark)
    for page, picture in pictures_in(pages):
        marks[pages[page][0]].append(picture)
    return marks


def pictures_in(pages: Iterable[str]) -> list[tuple[str, str]]:
    """Page and picture that stands in it, as it is now, in a fixed order."""
    types = ContentType.objects.get_for_models(Page, get_image_model())
    references = ReferenceIndex.objects.filter(
        base_content_type=types[Page], object_id__in=list(pages), to_content_type=types[get_image_model()]
    )
    rows = sorted(set(references.values_list("object_id", "to_object_id")))
    marks = marks_of_pictures({picture for _, picture in rows})
    return [(page, marks.get(picture, "")) for page, picture in rows]


def module_above(key: UUID) -> UUID | None:
    """The key of the module in which a lesson or quiz was written, published or not."""
    page = source_page(key)
    if page is None:
        return None
    return Page.objects.filter(path=page.path[:-STEP]).values_list("translation_key", flat=True).first()


def is_source(page: Page) -> bool:
    """Whether a page gives the address; a translation never does."""
    return page.url_path.startswith(root_path())


def catalogue_of(programme_id: UUID) -> CataloguePage | None:
    """The catalogue of a programme, in the language it was written in."""
    return (
        CataloguePage.objects.filter(programme_id=programme_id, url_path__startswith=root_path())
        .order_by("path")
        .first()
    )


def catalogues_of(programme_ids: Iterable[UUID]) -> QuerySet[CataloguePage]:
    """The published catalogues of these programmes."""
    return CataloguePage.objects.filter(
        programme_id__in=list(programme_ids), live=True, url_path__startswith=root_path()
    )
