import { Api, type ErrorResponse, type HttpResponse } from "./client";
import { converse } from "./conversation";

await converse((baseUrl, sign) => {
  const api = new Api({ baseUrl, securityWorker: () => ({ headers: sign() }), baseApiParams: { secure: true } });
  const queries = api.groupDispatchApi;
  return {
    queryUserStatus: async (body) => (await queries.queryUserStatus(body)).data,
    queryAllOlWhatsAppInfo: async () => (await queries.queryAllOlWhatsAppInfo({})).data,
    queryWhatsAppInfo: async (body) => (await queries.queryWhatsAppInfo(body)).data,
    queryUserStatusLog: async (body) => (await queries.queryUserStatusLog(body)).data,
    getLatestOnlineWhatsAccount: async (body) => (await queries.getLatestOnlineWhatsAccount(body)).data,
    // What it throws is the response, as `unknown`, with the body as `error`.
    thrown: (error) => (error as HttpResponse<unknown, ErrorResponse>).error,
  };
});
