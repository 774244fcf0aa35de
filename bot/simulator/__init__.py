"""Strict stand-ins for the services the bot talks to. They power the demo, the bench and the tests."""
