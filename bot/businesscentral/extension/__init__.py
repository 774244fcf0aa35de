"""The companion extension: its AL source, and writing it out with somebody's own numbers and publisher."""
