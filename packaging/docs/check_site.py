"""Reads a folder of published docs as its readers do: over HTTP from a plain file server below a path, and the feed with feedparser.

python3 check_site.py FOLDER BASE_URL, where BASE_URL is the address that the folder was published with.
Prints what holds, a line for each check, and fails at the first that does not.
"""

import functools
import http.server
import json
import pathlib
import sys
import threading
import urllib.request
import xml.etree.ElementTree

import feedparser

FOLDER, BASE = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


# The folder is not the root of the host: it is below the path of its own name.
handler = functools.partial(Quiet, directory=FOLDER.parent)
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
ORIGIN = f"http://127.0.0.1:{server.server_port}/{FOLDER.name}/"
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def get(url):
    """Returns the media type and the text of an address below BASE."""
    assert url.startswith(BASE), url
    with opener.open(ORIGIN + url.removeprefix(BASE)) as response:
        return response.headers.get_content_type(), response.read().decode()


sitemap = xml.etree.ElementTree.fromstring(get(BASE + "sitemap.xml")[1])
pages = [loc.text for loc in sitemap.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
assert len(pages) > 20, pages
for page in pages:
    kind, text = get(page)
    assert kind == "text/html" and f'rel="canonical" href="{page}"' in text, page
    kind, text = get(page + ".md")
    assert kind == "text/markdown" and text.startswith("# "), page
print(f"a plain file server below a path serves the {len(pages)} pages of the sitemap, each also as text/markdown")

versions = json.loads(get(BASE + "versions.json")[1])["versions"]
for version in versions:
    assert get(f"{BASE}{version['version']}/index.html")[0] == "text/html", version
print(f"versions.json lists {len(versions)}, and each is there")

for line in get(BASE + "llms.txt")[1].split("](")[1:]:
    get(line.split(")")[0].split("#")[0])
print("each link of llms.txt leads to a file")

feed = feedparser.parse(get(BASE + "latest/changelog.xml")[1])
assert not feed.bozo, feed.bozo_exception
assert feed.version == "atom10" and feed.feed.id and feed.feed.title and feed.feed.updated_parsed and feed.feed.author
for entry in feed.entries:
    assert entry.id.startswith("tag:") and entry.updated_parsed and entry.content[0].type == "text/html", entry
    get(entry.link.split("#")[0])
assert len({entry.id for entry in feed.entries}) == len(feed.entries) >= 6
print(f"feedparser reads the feed: {len(feed.entries)} entries, each with a link to its page")
