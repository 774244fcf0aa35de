"""Slack's rules for blocks and views: shapes as data, over the small checker in ``rules``."""
