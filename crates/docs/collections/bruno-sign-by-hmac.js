// Signs the whole call. The key is never sent.
const { HmacSHA256, SHA256 } = require("crypto-js");

const value = (name) => {
  const found = bru.getEnvVar(name);
  if (found === undefined || found === null || found === "") {
    throw new Error(`${name} is not set: choose an environment of this collection and set ${name} in it`);
  }
  return String(found);
};

const path = req.getUrl().slice(req.getUrl().search(/\/(ingest|history)\/v1\//));
// As it is sent. Read as an object, it would lose digits of large numbers.
const body = bru.interpolate(req.getBody({ raw: true }));
const [tenantId, timestamp] = [value("tenant_id"), String(Date.now())];
const nonce = Math.random().toString(36).slice(2);
const bodySha256 = SHA256(body).toString();
const text = ["group-dispatch-hmac-sha256-1", "POST", path, tenantId, timestamp, nonce, bodySha256].join("\n");
const hmac = HmacSHA256(text, value("api_key")).toString();
const headers = { tenant_id: tenantId, timestamp, nonce, body_sha256: bodySha256, hmac };
for (const [name, value] of Object.entries(headers)) {
  req.setHeader(name, value);
}
