"""Work that outlives the process: a small port, DBOS behind it, and an inline twin."""

from bot.operations.durable.port import Durable, Outcome, OutcomeState, Queue, Steps, WorkflowBody

__all__ = ["Durable", "Outcome", "OutcomeState", "Queue", "Steps", "WorkflowBody"]
