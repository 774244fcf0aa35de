"""A Slack for the terminal: draws messages with Rich and holds the conversation of the demo."""
