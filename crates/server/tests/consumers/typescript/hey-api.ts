import * as api from "./client";
import { createClient } from "./client/client";
import { converse } from "./conversation";

await converse((baseUrl, sign) => {
  const client = createClient({ baseUrl, throwOnError: true });
  client.interceptors.request.use((request) => {
    for (const [name, value] of Object.entries(sign())) request.headers.set(name, value);
    return request;
  });
  const throwOnError = true;
  return {
    queryUserStatus: async (body) => (await api.queryUserStatus({ client, throwOnError, body })).data,
    queryAllOlWhatsAppInfo: async () => (await api.queryAllOlWhatsAppInfo({ client, throwOnError })).data,
    queryWhatsAppInfo: async (body) => (await api.queryWhatsAppInfo({ client, throwOnError, body })).data,
    queryUserStatusLog: async (body) => (await api.queryUserStatusLog({ client, throwOnError, body })).data,
    getLatestOnlineWhatsAccount: async (body) =>
      (await api.getLatestOnlineWhatsAccount({ client, throwOnError, body })).data,
    // What it throws is the body, as `unknown`.
    thrown: (error) => error as api.ErrorResponse,
  };
});
