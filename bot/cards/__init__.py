"""Frozen view models become Block Kit and a fallback text. Pure: no I/O but the catalogs of texts.

The way through this room: ``overview``, ``problem``, ``error``, ``call_stack``, ``help``, ``failure`` and
``progress`` each hold the functions that draw one kind of card. They speak in ``Markup`` (``markup``),
which ``texts`` makes out of our own sentences and ``outside`` out of anybody else's text; ``blocks`` turns
it into blocks, ``limits`` makes it fit.
"""
