"""Doctor: finding out by itself what an administrator would have to look up, check by check.

``doctor`` has the use case, ``values`` what it answers.
"""
