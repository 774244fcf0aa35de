"""Plug-ins that only the name of their .NET type gives away."""

from __future__ import annotations

import pytest

from bot.diagnosis import UNKNOWN, Reason, explain, load_classifier
from bot.diagnosis.plugin_types import plugin_in

PLUGIN = "customization.plugin_or_workflow"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            "Contoso.Plugins.AccountSync: System.NullReferenceException: Object reference not set.",
            "Contoso.Plugins.AccountSync",
        ),
        (
            "ContosoPlugIns.PreAccountCreate: The given key was not present.",
            "ContosoPlugIns.PreAccountCreate",
        ),
        ("Plugin Contoso.Plugins.Update failed: Sequence contains no elements", "Contoso.Plugins.Update"),
        (
            "Not set.\r\n   at Contoso.Crm.PostUpdate.Execute(IServiceProvider serviceProvider)",
            "Contoso.Crm.PostUpdate",
        ),
        (
            '"ApiExceptionSourceKey": "Plugin/Contoso.Plugins.Update, Contoso.Plugins, Version=1.0.0.0"',
            "Contoso.Plugins.Update",
        ),
    ],
)
def test_the_name_of_a_plugin_is_known_for_one(text: str, name: str) -> None:
    diagnosis = load_classifier().classify(text)
    assert diagnosis.class_code == PLUGIN
    assert diagnosis.params["value"] == name


@pytest.mark.parametrize(
    "text",
    [
        "Microsoft.Crm.ObjectModel.TargetAttributeValidationPlugin: An unexpected failure.",
        "hudson.plugins.git.GitException: Failed to fetch from origin",
        "Our plugins: Slack, Teams and Outlook. We like them.",
        "Read about Contoso.Plugins in the manual.",
        "Contoso.Billing.Invoices: System.NullReferenceException: Object reference not set.",
    ],
)
def test_other_names_are_not(text: str) -> None:
    assert plugin_in(text) is None
    assert load_classifier().classify(text).class_code == UNKNOWN


def test_a_cause_that_the_text_names_decides() -> None:
    text = "Contoso.Plugins.Sync: Principal user (Id=x, type=8) is missing prvReadAccount privilege"
    assert load_classifier().classify(text).class_code == "permission.missing_privilege"


def test_a_long_text_of_names_is_read_no_further_than_its_beginning() -> None:
    assert plugin_in("Plugin " + "A" * 200_000 + ": ") is None
    assert plugin_in("A." * 100_000 + "Plugin: ") is None


def test_the_explanation_says_that_only_the_name_is_known() -> None:
    told = explain(load_classifier(), "Contoso.Plugins.AccountSync: The given key was not present.")
    assert told.reason is Reason.PLUGIN
    assert "write-plug-in.md" in told.source
    assert "name of a plug-in" in told.why
