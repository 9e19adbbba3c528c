"""Only gathers the models of the nouns, so that moving one between nouns is no migration."""

import importlib.util

from lms.ledger.models import *  # noqa: F403
from lms.outbox.models import *  # noqa: F403
from lms.people.models import *  # noqa: F403
from lms.programmes.models import *  # noqa: F403

if importlib.util.find_spec("lms.competency.models"):
    from lms.competency.models import *  # noqa: F403
if importlib.util.find_spec("lms.certification.models"):
    from lms.certification.models import *  # noqa: F403
