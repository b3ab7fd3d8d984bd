"""A real Chromium on a real server: people with tabs of their own, and what they see."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response, sync_playwright

PATIENCE_MS = 10_000
DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}


@contextmanager
def launch(program: Path) -> Iterator[Browser]:
    """A headless Chromium for as long as it is needed."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


class Person:
    """Somebody with a browser window: one set of cookies, one or many tabs.

    What a page complains of in its console is kept in `complaints`; `close` raises it.
    """

    def __init__(self, browser: Browser, url: str, **options: Any) -> None:
        self.context = browser.new_context(**{"viewport": DESKTOP, "base_url": url} | options)
        self.context.set_default_timeout(PATIENCE_MS)
        self.complaints: list[str] = []
        self.page = self.tab()

    def tab(self) -> Page:
        """One more tab."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._listen)
        page.on("response", self._watch)
        return page

    def _listen(self, message: ConsoleMessage) -> None:
        # The network's own words, such as for a refused request, are known by its status; and
        # who leaves a page at once leaves its socket half-open.
        words = ("net::", "Failed to load", "closed before the connection is established")
        of_the_network = any(word in message.text for word in words)
        if message.type in {"error", "warning"} and not of_the_network:
            self.complaints.append(message.text)

    def _watch(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.status} {response.url}")

    def close(self) -> None:
        """Go, and tell what went wrong in the pages meanwhile."""
        self.context.close()
        assert not self.complaints, self.complaints

    # The lobby.

    def enter(self) -> "Person":
        """Open the lobby and wait until it is live."""
        self.page.goto("/")
        self.see('#connection[data-state="live"]')
        return self

    def introduce(self, name: str) -> "Person":
        """Pick a name for the chat; the page is then another one."""
        self.page.fill("#guest-name", name)
        self.page.click("#guest-form button")
        self.see("#chat-form")
        self.see('#connection[data-state="live"]')
        return self

    def queue(self, name: str = "") -> None:
        """Join the queue, as a new guest when a name is given."""
        if name:
            self.page.fill("#queue-name", name)
        self.page.click("text=Join the queue")

    def say(self, text: str) -> None:
        """Say something in the chat."""
        self.page.fill("#chat-text", text)
        self.page.press("#chat-text", "Enter")

    def chat(self) -> list[str]:
        """The lines of the chat."""
        return self.page.locator("#chat .chat-line-text").all_inner_texts()

    def news(self) -> list[str]:
        """The lines of the news."""
        return self.page.locator("#news .news-text").all_inner_texts()

    # Anywhere.

    def see(self, selector: str) -> Locator:
        """Wait until something is to be seen, and give it."""
        found = self.page.locator(selector).first
        found.wait_for()
        return found

    def see_text(self, text: str) -> Locator:
        """Wait until a text stands somewhere."""
        return self.see(f"text={text}")
