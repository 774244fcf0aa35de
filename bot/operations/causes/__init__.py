"""Which problem is to be fixed first: what waits for what, and what a fix sets free.

``awaiting`` reads it out of a diagnosis, ``graph`` makes the order of it, ``chains`` answers questions.
"""
