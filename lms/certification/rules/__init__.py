"""Decisions about certificates on plain values: codes, requirements, standing, status and stage."""
