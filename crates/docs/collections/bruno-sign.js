// Signs the request. The key is part of the token and is never sent.
const { MD5 } = require("crypto-js");

const value = (name) => {
  const found = bru.getEnvVar(name);
  if (found === undefined || found === null || found === "") {
    throw new Error(`${name} is not set: choose an environment of this collection and set ${name} in it`);
  }
  return String(found);
};

const tenantId = value("tenant_id");
const timestamp = String(Date.now());
const token = MD5(tenantId + timestamp + value("api_key")).toString();
req.setHeader("tenant_id", tenantId);
req.setHeader("timestamp", timestamp);
req.setHeader("token", token);
