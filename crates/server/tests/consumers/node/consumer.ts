// The five questions, asked with openapi-fetch and the types that openapi-typescript makes of the contract.
//
// Run as `node consumer.js URL TENANT_ID API_KEY`, against a server with the events of `other_tools`. tsc holds every
// member named here to the type that the contract gives it; running it compares the values.

import { deepStrictEqual } from "node:assert/strict";
import { createHash } from "node:crypto";
import createClient, { type Client, type Middleware } from "openapi-fetch";
import type { components, paths } from "./contract.js";

function clientOf(url: string, tenantId: string, apiKey: string): Client<paths> {
  const signing: Middleware = {
    onRequest({ request }) {
      const timestamp = Date.now().toString();
      const token = createHash("md5").update(tenantId + timestamp + apiKey).digest("hex");
      request.headers.set("tenant_id", tenantId);
      request.headers.set("timestamp", timestamp);
      request.headers.set("token", token);
    },
  };
  const client = createClient<paths>({ baseUrl: url });
  client.use(signing);
  return client;
}

/** What the contract says nothing of (`unknown`, `any`) equals nothing. */
type Typed<T> = unknown extends T ? never : T;

function same<T>(actual: T, expected: NoInfer<Typed<T>>) {
  deepStrictEqual(actual, expected);
}

type ErrorResponse = components["schemas"]["ErrorResponse"];

/** openapi-fetch leaves a member that is always null out of its types; `data` comes all the same. */
function sameError(actual: Omit<ErrorResponse, "data"> | undefined, expected: ErrorResponse) {
  deepStrictEqual(actual, expected);
}

async function presence(client: Client<paths>) {
  const jack = { whatsApp: "8618217331411", name: "jack" };

  const online = await client.POST("/group-dispatch-api/user/queryUserStatus", {
    body: { userId: 12, userName: "", source: 1 },
  });
  same(online.data, {
    code: 200,
    message: "success",
    data: [{ userId: 12, agentAccount: "br02", whatsAppList: [jack] }],
  });

  for (const body of [undefined, {}]) {
    const all = await client.POST("/group-dispatch-api/user/queryAllOlWhatsAppInfo", body && { body });
    same(all.data, {
      code: 200,
      message: "Success ",
      data: [
        { source: 1, list: [{ userId: 12, agentAccount: "br02", userName: "Ana", whatsAppList: [jack] }] },
        { source: 2, list: [] },
      ],
    });
  }

  const place = await client.POST("/group-dispatch-api/user/queryWhatsAppInfo", { body: { whatsapp: 8618217331411 } });
  same(place.data, {
    code: 200,
    message: "Success ",
    data: { userId: "12", agentAccount: "br02", whatsApp: "8618217331411", source: 1 },
  });

  const nowhere = await client.POST("/group-dispatch-api/user/queryWhatsAppInfo", {
    body: { whatsapp: 573125704139, source: 2 },
  });
  same(nowhere.data, { code: 200, message: "Success ", data: null });
}

async function history(client: Client<paths>) {
  const account = { whatsApp: "573125704139", name: "" };

  const log = await client.POST("/group-dispatch-api/user/queryUserStatusLog", {
    body: { agentAccount: "br02", whatsApp: "573125704139", source: 2 },
  });
  const place = { source: 2, countryCode: "哥伦比亚" } as const;
  same(log.data, {
    code: 200,
    message: "Success",
    data: [
      {
        userId: 12,
        agentAccount: "br02",
        whatsAppList: [
          { ...account, ...place, status: 40, detailStatus: 42, createTime: "2024-07-08 19:30:00" },
          { ...account, ...place, status: 10, detailStatus: 13, createTime: "2024-07-08 19:25:31" },
        ],
      },
    ],
  });

  const recent = await client.POST("/group-dispatch-api/user/getLatestOnlineWhatsAccount", {
    body: { userId: 12, source: 2 },
  });
  same(recent.data, {
    code: 200,
    message: "Success ",
    data: [{ userId: 12, agentAccount: "br02", whatsAppList: [{ ...account, status: 40 }] }],
  });
}

async function errors(client: Client<paths>, stranger: Client<paths>) {
  const refused = await stranger.POST("/group-dispatch-api/user/queryUserStatus", { body: { source: 1 } });
  same(refused.response.status, 401);
  sameError(refused.error, { code: 522, message: "accessToken is error", data: null });

  const bad = await client.POST("/group-dispatch-api/user/queryUserStatus", {
    // @ts-expect-error: the type of this member has no such source.
    body: { source: 4 },
  });
  same(bad.response.status, 400);
  sameError(bad.error, { code: 400, message: "source: expected a source: 1 (pc), 2 (mobile) or 3 (cloud)", data: null });
}

const [url, tenantId, apiKey] = process.argv.slice(2) as [string, string, string];
const client = clientOf(url, tenantId, apiKey);
await presence(client);
await history(client);
await errors(client, clientOf(url, tenantId, "another key"));
