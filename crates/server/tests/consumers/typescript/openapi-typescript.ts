// openapi-typescript makes types alone of the contract; openapi-fetch sends the requests.

import createClient from "openapi-fetch";
import type { paths } from "./client";
import { converse } from "./conversation";

await converse((baseUrl, sign) => {
  const client = createClient<paths>({ baseUrl });
  client.use({
    onRequest({ request }) {
      for (const [name, value] of Object.entries(sign())) request.headers.set(name, value);
    },
  });
  // What is no success has `error` in the place of `data`.
  const body = <T>(answer: { data?: T; error?: unknown }): T => {
    if (answer.data === undefined) throw answer.error;
    return answer.data;
  };
  return {
    queryUserStatus: async (question) =>
      body(await client.POST("/group-dispatch-api/user/queryUserStatus", { body: question })),
    queryAllOlWhatsAppInfo: async () => body(await client.POST("/group-dispatch-api/user/queryAllOlWhatsAppInfo")),
    queryWhatsAppInfo: async (question) =>
      body(await client.POST("/group-dispatch-api/user/queryWhatsAppInfo", { body: question })),
    queryUserStatusLog: async (question) =>
      body(await client.POST("/group-dispatch-api/user/queryUserStatusLog", { body: question })),
    getLatestOnlineWhatsAccount: async (question) =>
      body(await client.POST("/group-dispatch-api/user/getLatestOnlineWhatsAccount", { body: question })),
    thrown: (error) => error as { code: number; message: string },
  };
});
