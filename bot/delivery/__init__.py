"""From what operations wish to be told to messages in Slack: outbox row, card, Web API.

``Delivery`` is the workflow and what starts it; ``Renderers`` knows the card of each kind of message.
"""

from bot.delivery.deliver import Delivery, Pace
from bot.delivery.rendering import Attachment, Renderer, Renderers
from bot.delivery.web_api import WebApi

__all__ = ["Attachment", "Delivery", "Pace", "Renderer", "Renderers", "WebApi"]
