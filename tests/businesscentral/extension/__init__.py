"""The companion extension's AL source, read by a parser of its own: no AL compiler comes with Python."""
