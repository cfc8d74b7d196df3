"""Records `group-dispatch watch` and writes its screen as an SVG, readable in light and dark.

    pip install pyte
    cargo build -p group-dispatch
    python3 crates/docs/tools/record_watch.py target/debug/group-dispatch crates/docs/assets/watch.svg

It starts `demo`, runs `watch` in a pseudo-terminal, feeds three events that happen now, and takes the screen when their changes
are shown. Nothing is edited afterwards; only the date of the sample is that of the day.
"""

import fcntl
import hashlib
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
import urllib.request
from html import escape

import pyte

ROWS, COLUMNS = 24, 96
CELL_WIDTH, CELL_HEIGHT = 8.4, 18
PAD = 16
# Accounts that the sample does not have. Both come online on mobile.
NEW_ACCOUNTS = {"5511987650001": "Ana", "5511987650002": "Rui"}
OFFLINE_ON_MOBILE, ONLINE_ON_MOBILE = 35, 13


def start_demo(program):
    """Starts `demo`, and returns it with the variables that it prints."""
    demo = subprocess.Popen([program, "demo"], stdout=subprocess.PIPE, text=True)
    for line in demo.stdout:
        if "export GROUP_DISPATCH_URL=" in line:
            return demo, dict(pair.split("=", 1) for pair in line.split() if "=" in pair)
    raise SystemExit("demo did not print its variables")


def call(variables, path, body, media_type="application/json"):
    """Sends a signed request, and returns its data."""
    tenant, key = variables["GROUP_DISPATCH_TENANT_ID"], variables["GROUP_DISPATCH_API_KEY"]
    timestamp = str(int(time.time() * 1000))
    token = hashlib.md5((tenant + timestamp + key).encode()).hexdigest()
    headers = {"tenant_id": tenant, "timestamp": timestamp, "token": token, "content-type": media_type}
    request = urllib.request.Request(variables["GROUP_DISPATCH_URL"] + path, json.dumps(body).encode(), headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=30) as response:
        return json.load(response)["data"]


def feed(variables):
    """Feeds events that happen now: an account of the first agent on mobile leaves, and two others come."""
    groups = call(variables, "/group-dispatch-api/user/queryAllOlWhatsAppInfo", {})
    agent = next(group for group in groups if group["source"] == 2)["list"][0]
    changes = [(agent["whatsAppList"][0]["whatsApp"], "", OFFLINE_ON_MOBILE)]
    changes += [(account, name, ONLINE_ON_MOBILE) for account, name in NEW_ACCOUNTS.items()]
    events = [
        {
            "userId": agent["userId"], "agentAccount": agent["agentAccount"], "userName": agent["userName"],
            "whatsApp": account, "name": name, "source": 2, "countryCode": "Brazil",
            "detailStatus": detail, "createTime": int(time.time() * 1000),
        }
        for account, name, detail in changes
    ]
    call(variables, "/ingest/v1/status-events", events)


def run_watch(program, variables):
    """Runs `watch` until the changes are shown, and returns its screen."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(variables, TERM="xterm-256color")
        os.execv(program, [program, "watch", "--interval", "1s", "--settle", "0s", "--source", "mobile"])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    is_fed, end = False, time.time() + 60
    while time.time() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            data = os.read(terminal, 65536)
            # The program asks where the cursor is; a terminal answers.
            if b"\x1b[6n" in data:
                os.write(terminal, b"\x1b[1;1R")
            stream.feed(data)
        text = "\n".join(screen.display)
        if not is_fed and re.search(r"\d{8}", text):
            feed(variables)
            is_fed = True
        if is_fed and all(account in text for account in NEW_ACCOUNTS) and "offline" in text:
            break
    os.write(terminal, b"q")
    time.sleep(0.3)
    os.close(terminal)
    return screen


def svg(screen):
    """Writes a screen as an SVG. A color is a class, so that a style sheet can set it for light and dark."""
    width, height = COLUMNS * CELL_WIDTH + 2 * PAD, ROWS * CELL_HEIGHT + 2 * PAD
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="The screen of group-dispatch watch">',
        "<style>",
        "rect{fill:#f6f8f7;stroke:#dde3e1}text{fill:#1b2422;font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;white-space:pre}",
        ".bold{font-weight:700}.dim{fill:#52605c}.red{fill:#a3262a}.green{fill:#17643f}.brown{fill:#8a4b08}.blue{fill:#1f4f9c}.cyan{fill:#0b6652}",
        "@media(prefers-color-scheme:dark){rect{fill:#121716;stroke:#2c3735}text{fill:#e4ebe9}.dim{fill:#a3b1ad}.red{fill:#ff9a94}",
        ".green{fill:#7fd6a5}.brown{fill:#f0b36b}.blue{fill:#9cc3ff}.cyan{fill:#6fd3b8}}",
        "</style>",
        f'<rect x=".5" y=".5" width="{width - 1:.0f}" height="{height - 1:.0f}" rx="8"/>',
    ]
    for row in range(ROWS):
        runs, column = [], 0
        while column < COLUMNS:
            look = style(screen.buffer[row][column])
            start = column
            while column < COLUMNS and style(screen.buffer[row][column]) == look:
                column += 1
            text = "".join(screen.buffer[row][at].data for at in range(start, column))
            if text.strip():
                lead = len(text) - len(text.lstrip())
                runs.append((start + lead, look, text.strip()))
        for start, look, text in runs:
            x, y = PAD + start * CELL_WIDTH, PAD + row * CELL_HEIGHT + 13
            kind = f' class="{look}"' if look else ""
            out.append(f'<text x="{x:.1f}" y="{y}" textLength="{len(text) * CELL_WIDTH:.1f}"{kind}>{escape(text)}</text>')
    return "\n".join([*out, "</svg>", ""])


def style(cell):
    """Returns the classes of a cell."""
    color = cell.fg.replace("bright", "") if cell.fg != "default" else ""
    color = {"black": "dim", "white": "", "magenta": "red", "yellow": "brown"}.get(color, color)
    return " ".join(filter(None, ["bold" if cell.bold else "", color]))


def main():
    program, target = os.path.abspath(sys.argv[1]), sys.argv[2]
    demo, variables = start_demo(program)
    try:
        screen = run_watch(program, variables)
    finally:
        demo.terminate()
        demo.wait()
    print("\n".join(screen.display))
    with open(target, "w", encoding="utf-8") as file:
        file.write(svg(screen))


main()
