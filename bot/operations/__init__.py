"""The use cases. They know nothing of Slack; what must be told, they return or write to the store."""
