"""``make demo-browser``: the bot in a web page, in front of *local-slack*, a stand-in made by others."""
