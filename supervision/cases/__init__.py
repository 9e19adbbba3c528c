"""Cases: prepared by a helper, judged by a supervisor, shown to the group."""
