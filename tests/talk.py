"""A customer's side of a conversation over the API, and the mails that come of it."""

import time
from typing import Any

import requests
from conftest import Product


class Talk:
    """A conversation; `heard` is what the assistant said to the last message and a test has not looked at yet."""

    def __init__(self, product: Product) -> None:
        self._web, self._url = product.web, f"{product.web}/api/chat"
        self._conversation: dict[str, str] = {}
        self.heard: list[dict[str, Any]] = []

    @property
    def bearer(self) -> dict[str, str]:
        """The header that shows the conversation's token."""
        return {"Authorization": f"Bearer {self._conversation['conversation']}"}

    def post(self, **message: str) -> requests.Response:
        """The answer to a message, whatever its status."""
        response = requests.post(self._url, json={**message, **self._conversation}, timeout=30)
        if response.ok:
            self._conversation = {"conversation": response.json()["conversation"]}
        return response

    def say(self, text: str) -> list[dict[str, Any]]:
        """What the assistant says to a text."""
        return self._heard(self.post(text=text))

    def press(self, button: dict[str, str]) -> list[dict[str, Any]]:
        """What the assistant says to a button."""
        return self._heard(self.post(button=button["payload"]))

    def begin(self, entry: str) -> list[dict[str, Any]]:
        """What the assistant says to a link that begins the action of this FAQ entry."""
        return self._heard(self.post(text="Vengo de su correo.", start=entry))

    def turns(self) -> list[dict[str, Any]]:
        """What was said so far, as the customer may read it again."""
        return list(requests.get(f"{self._web}/api/conversation", headers=self.bearer, timeout=30).json()["turns"])

    def _heard(self, response: requests.Response) -> list[dict[str, Any]]:
        assert response.status_code == 200, response.text
        self.heard = list(response.json()["messages"])
        return self.heard


def mails(product: Product, to: str) -> list[dict[str, Any]]:
    """The mails kept for an address, newest last."""
    return [mail for mail in requests.get(f"{product.portal}/mail.json", timeout=10).json() if mail["to"] == to]


def wait_for_mails(product: Product, to: str, count: int, about: str = "") -> list[dict[str, Any]]:
    """The mails of an address with these words in their subject, once there are so many."""
    deadline = time.monotonic() + 20
    while len(found := [mail for mail in mails(product, to) if about in mail["subject"]]) < count:
        assert time.monotonic() < deadline, f"expected {count} mails, got {len(found)}"
        time.sleep(0.2)
    return found
