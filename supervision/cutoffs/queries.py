"""Asking for the cut-offs of programmes."""

from collections.abc import Iterable

from django.db.models import QuerySet

from lms.programmes.models import Programme

from .models import CutOff


def cut_offs_of(programmes: Iterable[Programme]) -> QuerySet[CutOff]:
    """By name of the list."""
    return CutOff.objects.filter(programme__in=[programme.pk for programme in programmes])
