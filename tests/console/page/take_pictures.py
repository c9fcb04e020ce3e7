# SPDX-License-Identifier: Apache-2.0
"""Takes the pictures of docs/operator.md from a console that runs.

    python -m tests.console.page.take_pictures 'http://127.0.0.1:8770/#TOKEN' docs/images 'put the cup in the box'

The instruction is sent. The wide picture is taken once the fourth of its calls is carried out, the narrow one after a
takeover; then the robot is given back.
"""

import sys
from pathlib import Path

from playwright.sync_api import expect

from tests.console.page.stage import DESKTOP, PHONE, chromium

_MS = 300_000


def take(link: str, folder: Path, instruction: str) -> None:
    """Write ``console_desktop.png`` and ``console_phone.png``."""
    with chromium() as browser:
        wide, narrow = browser.new_page(**DESKTOP), browser.new_page(**PHONE, device_scale_factor=2)
        for page in (wide, narrow):
            page.goto(link)
            expect(page.locator("#picture")).to_be_visible(timeout=_MS)
        wide.get_by_label("Instruction").fill(instruction)
        wide.get_by_role("button", name="Send").click()
        expect(wide.locator("#now .call").nth(3)).to_have_attribute("data-state", "executing", timeout=_MS)
        wide.screenshot(path=folder / "console_desktop.png")
        narrow.get_by_role("button", name="Take over").click()
        expect(narrow.get_by_role("button", name="X plus")).to_be_enabled(timeout=_MS)
        narrow.screenshot(path=folder / "console_phone.png")
        narrow.get_by_role("button", name="Give back").click()
        expect(narrow.get_by_role("button", name="Take over")).to_be_visible(timeout=_MS)


if __name__ == "__main__":
    take(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
