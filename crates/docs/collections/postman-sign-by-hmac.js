// Signs the whole call. The key is never sent.
const { HmacSHA256, SHA256 } = require("crypto-js");

const value = (name) => {
  const found = pm.variables.get(name);
  if (found === undefined || found === null || found === "") {
    throw new Error(`${name} is not set: choose an environment of this collection and set ${name} in it`);
  }
  return String(found);
};

const address = pm.variables.replaceIn(pm.request.url.toString());
const path = address.slice(address.search(/\/(ingest|history)\/v1\//));
const body = pm.variables.replaceIn(pm.request.body.raw);
const [tenantId, timestamp] = [value("tenant_id"), String(Date.now())];
const nonce = Math.random().toString(36).slice(2);
const bodySha256 = SHA256(body).toString();
const text = ["group-dispatch-hmac-sha256-1", "POST", path, tenantId, timestamp, nonce, bodySha256].join("\n");
const hmac = HmacSHA256(text, value("api_key")).toString();
const headers = { tenant_id: tenantId, timestamp, nonce, body_sha256: bodySha256, hmac };
for (const [key, value] of Object.entries(headers)) {
  pm.request.headers.upsert({ key, value });
}
