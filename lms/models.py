"""Only gathers the models of the nouns, so that moving one between nouns is no migration."""

from lms.certification.models import *
from lms.competency.models import *
from lms.ledger.models import *
from lms.notices.models import *
from lms.outbox.models import *
from lms.people.models import *
from lms.phone.models import *
from lms.programmes.models import *
