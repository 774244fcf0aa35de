"""The way into Dataverse: its Web API, read and never written."""
