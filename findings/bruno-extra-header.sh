#!/usr/bin/env bash
# @usebruno/cli 4.1.0 sends a header of its own, `request-start-time`, to the server that is asked.
#
# Guess before the first run: a request carries the headers of its .bru file and the usual ones of an HTTP client
# (accept, content-type, user-agent, connection, host), because the duration is the client's own business.
# Seen: the server also receives `request-start-time` with the Unix time in milliseconds. A server or a gateway that
# allows listed headers only refuses collections for a header that they don't have.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts @usebruno/cli@4.1.0 >/dev/null

cat > server.mjs <<'JS'
import http from "node:http";
import fs from "node:fs";
const server = http.createServer((request, response) => {
  fs.writeFileSync("headers.json", JSON.stringify(request.headers));
  response.setHeader("content-type", "application/json");
  response.end("{}");
});
server.listen(0, "127.0.0.1", () => fs.writeFileSync("port", String(server.address().port)));
JS
node server.mjs & server=$!
until [ -s port ]; do read -rt 0.05 <> <(:) || true; done

mkdir collection
printf '{ "version": "1", "name": "one", "type": "collection" }\n' > collection/bruno.json
cat > collection/one.bru <<BRU
meta {
  name: one
  type: http
  seq: 1
}

get {
  url: http://127.0.0.1:$(cat port)/
  body: none
  auth: none
}
BRU
(cd collection && NO_PROXY=127.0.0.1 ../node_modules/.bin/bru run one.bru >/dev/null)

echo "@usebruno/cli $(node -p 'require("./node_modules/@usebruno/cli/package.json").version'), headers at the server:"
node -p 'Object.keys(require("./headers.json")).sort().join(", ")'
node -e '
const time = require("./headers.json")["request-start-time"];
if (!/^[0-9]{13}$/.test(time ?? "")) { console.error("changed: request-start-time is " + time); process.exit(1); }
console.log("request-start-time has 13 digits, as seen");'
