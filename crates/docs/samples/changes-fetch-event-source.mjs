// Prints the changes, a line of JSON for each, until it is stopped.
//
// Export GROUP_DISPATCH_URL, GROUP_DISPATCH_TENANT_ID and GROUP_DISPATCH_API_KEY, then, with Node.js 20 or later:
// npm install @microsoft/fetch-event-source@2.0.1
// node changes-fetch-event-source.mjs
import { createHash } from "node:crypto";
import { fetchEventSource } from "@microsoft/fetch-event-source";

const url = variable("GROUP_DISPATCH_URL").replace(/\/+$/, "");
const tenantId = variable("GROUP_DISPATCH_TENANT_ID");
const apiKey = variable("GROUP_DISPATCH_API_KEY");

// The library is made for browsers.
globalThis.window ??= globalThis;
globalThis.document ??= { hidden: false, addEventListener() {}, removeEventListener() {} };

let position = ""; // Keep it with what you make of the lines, to go on after a restart.
class Refused extends Error {}

await fetchEventSource(url + "/history/v1/changes", {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: "{}",
  openWhenHidden: true,
  // Signs each connection anew. The position is our own: the library's is that of a block that it may not have read to its end.
  fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, ...signed(), "last-event-id": position } }),
  async onopen(response) {
    if (response.ok) return;
    const reason = await response.text();
    if (response.status >= 500 || response.status === 429) throw new Error(reason);
    throw new Refused(reason);
  },
  onmessage({ data }) {
    const line = JSON.parse(data);
    console.log(data);
    position = line.type === "reset" ? "" : (line.position ?? position);
  },
  // Without this error the library would not come again.
  onclose() {
    throw new Error("the stream ended");
  },
  onerror(error) {
    if (error instanceof Refused) throw error;
    console.error(`interrupted: ${error.message}`);
  },
}).catch((error) => fail(error.message));

function signed() {
  const timestamp = String(Date.now());
  const token = createHash("md5").update(tenantId + timestamp + apiKey).digest("hex");
  return { tenant_id: tenantId, timestamp, token };
}

function variable(name) {
  return process.env[name] || fail(`${name} is not set`);
}

function fail(reason) {
  console.error(reason);
  process.exit(1);
}
