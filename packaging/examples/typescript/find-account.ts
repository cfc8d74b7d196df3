// Prints where a WhatsApp account is online: `node find-account.ts 8618217331411`.

import { createHash } from "node:crypto";
import createClient from "openapi-fetch";
import type { paths } from "./group-dispatch";

const SOURCES: Record<number, string> = { 1: "pc", 2: "mobile", 3: "cloud" };

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`set ${name}`);
  return value;
}

/** The headers that sign a request: the MD5 of tenant, time and key. The key itself is not sent. */
function signature(): Record<string, string> {
  const [tenantId, timestamp] = [setting("GROUP_DISPATCH_TENANT_ID"), Date.now().toString()];
  const token = createHash("md5").update(tenantId + timestamp + setting("GROUP_DISPATCH_API_KEY")).digest("hex");
  return { tenant_id: tenantId, timestamp, token };
}

const client = createClient<paths>({ baseUrl: setting("GROUP_DISPATCH_URL") });
client.use({
  onRequest({ request }) {
    for (const [name, value] of Object.entries(signature())) request.headers.set(name, value);
  },
});

const whatsapp = Number(process.argv[2]?.replace(/[^0-9]/g, ""));
if (!whatsapp) throw new Error("expected a phone number with country calling code");

const { data: answer, error } = await client.POST("/group-dispatch-api/user/queryWhatsAppInfo", {
  body: { whatsapp },
  signal: AbortSignal.timeout(30_000),
});
// The vendor sends errors with HTTP status 200 and a code of their own, a group-dispatch-server with another status.
if (answer?.code !== 200 && answer?.code !== 0) {
  const refusal = answer ?? error;
  console.error(`the service refuses: ${refusal?.code}: ${refusal?.message}`);
  process.exitCode = 1;
} else if (answer.data) {
  const { source, agentAccount, userId } = answer.data;
  console.log(`online at ${SOURCES[source] ?? source}, with agent ${agentAccount} (${userId})`);
} else {
  console.log("not online");
}
