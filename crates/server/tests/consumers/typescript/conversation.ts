// What every client here is asked for: the queries, an account that is not online, a code that the contract does not
// list, and an error. tsc holds each client's types to those below. What the client gives is printed, a line for each
// step, for the test to compare.
//
// Run as `node PROGRAM URL TENANT_ID API_KEY`.

import { createHash } from "node:crypto";

type Id = number | string;

export interface Answer<T> {
  code: number;
  message: string;
  data?: T | null;
}

interface Account {
  whatsApp: string;
  name?: string;
}

interface Agent<A> {
  userId: Id;
  agentAccount: string;
  whatsAppList: A[];
}

interface Group {
  source: number;
  // In the edition for readers of the vendor the id may be missing here.
  list: (Omit<Agent<Account>, "userId"> & { userId?: Id; userName: string })[];
}

interface Location {
  userId: Id;
  agentAccount: string;
  whatsApp: string;
  source: number;
}

interface StatusRecord extends Account {
  status: number;
  detailStatus: number;
  createTime: number | string;
}

export interface Client {
  queryUserStatus(body: { userId: number; source: 1 }): Promise<Answer<Agent<Account>[]>>;
  queryAllOlWhatsAppInfo(): Promise<Answer<Group[]>>;
  queryWhatsAppInfo(body: { whatsapp: number; source: 1 | 2 }): Promise<Answer<Location>>;
  queryUserStatusLog(body: { agentAccount: string; source: 2 | 3 }): Promise<Answer<Agent<StatusRecord>[]>>;
  getLatestOnlineWhatsAccount(body: { userId: number; source: 2 }): Promise<Answer<Agent<Account & { status?: number }>[]>>;
  /** The body of an error that the client has thrown; anything else it throws again. */
  thrown(error: unknown): Answer<unknown> | Promise<Answer<unknown>>;
}

/** The three headers of a request. */
export function signature(tenantId: string, apiKey: string): Record<"tenant_id" | "timestamp" | "token", string> {
  const timestamp = Date.now().toString();
  const token = createHash("md5").update(tenantId + timestamp + apiKey).digest("hex");
  return { tenant_id: tenantId, timestamp, token };
}

async function step(name: string, values: () => Promise<unknown[]>) {
  let line: string;
  try {
    line = (await values()).join(" ");
  } catch (error) {
    line = `failed: ${error}`;
  }
  console.log(`${name}: ${line.replaceAll("\n", " ")}`);
}

/** The data of a success; any other answer is a failure. */
async function data<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { code, message, data } = await answer;
  if (code !== 200 || data == null) {
    throw new Error(`${code} ${message}, data ${data}`);
  }
  return data;
}

const first = <T>(list: T[]): T => {
  if (list.length === 0) throw new Error("an empty list");
  return list[0]!;
};

export async function converse(clientOf: (url: string, sign: () => Record<string, string>) => Client) {
  const [url, tenantId, apiKey] = process.argv.slice(2) as [string, string, string];
  const client = clientOf(url, () => signature(tenantId, apiKey));

  await step("queryUserStatus", async () => {
    const agent = first(await data(client.queryUserStatus({ userId: 12, source: 1 })));
    const account = first(agent.whatsAppList);
    return [agent.userId, agent.agentAccount, account.whatsApp, account.name];
  });
  await step("queryAllOlWhatsAppInfo", async () => {
    const group = first(await data(client.queryAllOlWhatsAppInfo()));
    const agent = first(group.list);
    return [group.source, agent.userId, agent.agentAccount, agent.userName, first(agent.whatsAppList).whatsApp];
  });
  await step("queryWhatsAppInfo", async () => {
    const place = await data(client.queryWhatsAppInfo({ whatsapp: 8618217331411, source: 1 }));
    return [place.userId, place.agentAccount, place.whatsApp, place.source];
  });
  await step("queryUserStatusLog", async () => {
    const agent = first(await data(client.queryUserStatusLog({ agentAccount: "br02", source: 2 })));
    const event = first(agent.whatsAppList);
    return [agent.userId, event.whatsApp, event.status, event.detailStatus, event.createTime];
  });
  await step("getLatestOnlineWhatsAccount", async () => {
    const agent = first(await data(client.getLatestOnlineWhatsAccount({ userId: 12, source: 2 })));
    const account = first(agent.whatsAppList);
    return [agent.userId, account.whatsApp, account.status];
  });
  await step("not online", async () => {
    const { code, data } = await client.queryWhatsAppInfo({ whatsapp: 573125704139, source: 2 });
    return [code, data === null ? "nothing" : JSON.stringify(data)];
  });
  await step("unknown code", async () => {
    const agent = first(await data(client.queryUserStatusLog({ agentAccount: "br03", source: 3 })));
    const event = first(agent.whatsAppList);
    return [event.status, event.detailStatus];
  });
  const stranger = clientOf(url, () => signature(tenantId, "another key"));
  await step("error", async () => {
    let refusal: Answer<unknown>;
    try {
      refusal = await stranger.queryUserStatus({ userId: 12, source: 1 });
    } catch (error) {
      refusal = await stranger.thrown(error);
    }
    return [refusal.code, refusal.message];
  });
}
