"""The sync-error bot: causes of Business Central/Dataverse synchronization errors, in Slack."""
