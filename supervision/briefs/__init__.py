"""Briefs: what a supervisor should know of each person, before a meeting and at any time."""
