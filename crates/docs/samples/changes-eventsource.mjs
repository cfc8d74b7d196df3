// Prints the changes, a line of JSON for each, until it is stopped.
//
// Export GROUP_DISPATCH_URL, GROUP_DISPATCH_TENANT_ID and GROUP_DISPATCH_API_KEY, then, with Node.js 20 or later:
// npm install eventsource@4.1.1
// node changes-eventsource.mjs
import { createHash } from "node:crypto";
import { EventSource } from "eventsource";

const url = variable("GROUP_DISPATCH_URL").replace(/\/+$/, "");
const tenantId = variable("GROUP_DISPATCH_TENANT_ID");
const apiKey = variable("GROUP_DISPATCH_API_KEY");

let position = ""; // Keep it with what you make of the lines, to go on after a restart.

function read() {
  const source = new EventSource(url + "/history/v1/changes", { fetch: connect });
  source.onmessage = ({ data }) => {
    const line = JSON.parse(data);
    console.log(data);
    position = line.type === "reset" ? "" : (line.position ?? position);
  };
  source.onerror = ({ code, message }) => {
    // After a connection that broke, the library comes again. After a response with an error, it never does.
    if (source.readyState !== EventSource.CLOSED) return;
    if (code >= 400 && code < 500 && code !== 429) fail(message);
    setTimeout(read, 2_000);
  };
}

read();

// Signs each connection anew.
function connect(input, init) {
  const timestamp = String(Date.now());
  const token = createHash("md5").update(tenantId + timestamp + apiKey).digest("hex");
  const signed = { tenant_id: tenantId, timestamp, token };
  const headers = { ...init.headers, ...signed, "content-type": "application/json", "Last-Event-ID": position };
  return fetch(input, { ...init, method: "POST", body: "{}", headers });
}

function variable(name) {
  return process.env[name] || fail(`${name} is not set`);
}

function fail(reason) {
  console.error(reason);
  process.exit(1);
}
