"""Minutes of a meeting: written by rule when it is over, edited in their wording only, signed, read by the group.

They never copy what was said. Who was there, cases, advice, polls and the closing note are read from their own rows
each time; the first wording is made of numbers and of our own words only. So a message that is redacted, an advice
that is replaced and a case whose words are erased are gone from here too, and nothing has to be done for it.
"""
