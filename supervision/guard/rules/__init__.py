"""What in a text could show who somebody is: found, said why, with words to write instead. No database."""

from supervision.guard.rules.finding import HINTS as HINTS
from supervision.guard.rules.finding import KINDS as KINDS
from supervision.guard.rules.finding import REASONS as REASONS
from supervision.guard.rules.finding import Finding as Finding
from supervision.guard.rules.finding import Left as Left
from supervision.guard.rules.finding import find as find
from supervision.guard.rules.finding import replaced as replaced
from supervision.guard.rules.finding import same_words as same_words
from supervision.guard.rules.taking import TAKEN as TAKEN
from supervision.guard.rules.taking import has_words as has_words
from supervision.guard.rules.taking import without_words as without_words
from supervision.guard.rules.words import NOTHING as NOTHING
from supervision.guard.rules.words import Register as Register
from supervision.guard.rules.words import plain as plain
from supervision.guard.rules.words import register_of as register_of
