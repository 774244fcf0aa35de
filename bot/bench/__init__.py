"""How fast, how large: what ``syncerrors bench`` measures, each value beside its baseline in the same run."""
