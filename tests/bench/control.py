"""The control of the room's bench: a chat consumer as tutorials show it, storing nothing, dropping silently."""

import json
from typing import Any

from django.core.asgi import get_asgi_application

pages = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path  # noqa: E402


class ChatConsumer(AsyncWebsocketConsumer):
    """Joins a group, passes on what it hears."""

    async def connect(self) -> None:
        self.group = f"chat_{self.scope['url_route']['kwargs']['room'].hex}"
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data: str) -> None:
        frame = json.loads(text_data)
        if frame["type"] == "post":
            message = {"type": "chat.message", "text": frame["data"]["text"], "by": str(self.scope["user"].pk)}
            await self.channel_layer.group_send(self.group, message)

    async def chat_message(self, event: dict[str, Any]) -> None:
        text = json.dumps(
            {"type": "message", "by": event["by"], "data": {"text": event["text"]}}, separators=(",", ":")
        )
        await self.send(text_data=text)


sockets = AuthMiddlewareStack(URLRouter([path("ws/supervision/<uuid:room>/", ChatConsumer.as_asgi())]))
application = ProtocolTypeRouter({"http": pages, "websocket": sockets})
