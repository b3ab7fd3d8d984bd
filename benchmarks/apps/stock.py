"""A lobby as the Channels tutorial has it: one consumer, one group, nothing stored."""

from typing import Any

from django.conf import settings

settings.configure(
    SECRET_KEY="only-for-the-benchmark",
    INSTALLED_APPS=[],
    CHANNEL_LAYERS={"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}},
)

from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.routing import ProtocolTypeRouter


class Lobby(AsyncJsonWebsocketConsumer):
    """Says to everybody what anybody says."""

    async def connect(self) -> None:
        await self.channel_layer.group_add("lobby", self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard("lobby", self.channel_name)

    async def receive_json(self, content: dict[str, Any], **kwargs: Any) -> None:
        await self.channel_layer.group_send("lobby", {"type": "said", "text": content["text"]})

    async def said(self, event: dict[str, Any]) -> None:
        await self.send_json({"type": "chat", "text": event["text"]})


application = ProtocolTypeRouter({"websocket": Lobby.as_asgi()})
