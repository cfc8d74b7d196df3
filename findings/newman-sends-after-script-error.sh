#!/usr/bin/env bash
# newman 6.2.2 sends a request although its pre-request script threw.
#
# Guess before the first run: an exception in the pre-request script ends that request, because the script is what
# completes it (here: signs it). Bruno does so.
# Seen: the request goes out without what the script should have added; only the run is marked as failed. A script that
# signs must therefore not rely on its exception: the server sees the unsigned request.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts newman@6.2.2 >/dev/null

cat > server.mjs <<'JS'
import http from "node:http";
import fs from "node:fs";
const server = http.createServer((request, response) => {
  fs.appendFileSync("seen", `${request.method} token=${request.headers.token ?? "absent"}\n`);
  response.end("{}");
});
server.listen(0, "127.0.0.1", () => fs.writeFileSync("port", String(server.address().port)));
JS
node server.mjs & server=$!
until [ -s port ]; do read -rt 0.05 <> <(:) || true; done

cat > collection.json <<JSON
{
  "info": { "name": "one", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json" },
  "item": [{
    "name": "signed",
    "event": [{ "listen": "prerequest", "script": { "exec": [
      "throw new Error('no key');",
      "pm.request.headers.upsert({ key: 'token', value: 'signed' });"
    ] } }],
    "request": { "method": "POST", "url": "http://127.0.0.1:$(cat port)/" }
  }]
}
JSON
status=0
NO_PROXY=127.0.0.1 node_modules/.bin/newman run collection.json >/dev/null 2>&1 || status=$?

echo "newman $(node -p 'require("./node_modules/newman/package.json").version'), exit status $status, at the server:"
cat seen 2>/dev/null || echo "nothing"
[ "$status" = 1 ] && [ "$(cat seen)" = "POST token=absent" ] || { echo "changed: expected exit status 1 and one unsigned request"; exit 1; }
