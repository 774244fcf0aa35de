"""The simulated Business Central, over the wire."""

from tests.simulator.businesscentral.conftest import clock, company, entra, simulator, wire

__all__ = ["clock", "company", "entra", "simulator", "wire"]
