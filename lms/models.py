"""Only gathers the models of the nouns, so that moving one between nouns is no migration."""

from lms.certification.models import *  # noqa: F403
from lms.competency.models import *  # noqa: F403
from lms.ledger.models import *  # noqa: F403
from lms.outbox.models import *  # noqa: F403
from lms.people.models import *  # noqa: F403
from lms.programmes.models import *  # noqa: F403
