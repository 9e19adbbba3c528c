"""Wires supervision: what cases, meetings and the room offer to the core."""

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    """Cases, meetings and the live room."""

    name = "supervision"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from supervision.cases import panels as cases
        from supervision.cutoffs import panels as cut_offs
        from supervision.groups import tasks as groups
        from supervision.guard import tasks as guard
        from supervision.minutes import panels as minutes
        from supervision.minutes import tasks as minutes_tasks
        from supervision.opinions import panels as opinions
        from supervision.risk import panels as risk
        from supervision.risk import tasks as risk_tasks
        from supervision.room import tasks as room
        from supervision.sessions import panels
        from supervision.sessions import tasks as sessions

        guard.register()
        groups.register()
        cases.register()
        cut_offs.register()
        sessions.register()
        risk.register()
        opinions.register()
        risk_tasks.register()
        room.register()
        minutes.register()
        minutes_tasks.register()
        panels.register()
