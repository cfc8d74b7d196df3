import axios from "axios";
import { HistoryApi, PresenceApi } from "./client";
import { converse } from "./conversation";

await converse((baseURL, sign) => {
  const http = axios.create({ baseURL });
  http.interceptors.request.use((request) => {
    request.headers.set(sign());
    return request;
  });
  const presence = new PresenceApi(undefined, baseURL, http);
  const history = new HistoryApi(undefined, baseURL, http);
  return {
    queryUserStatus: async (body) => (await presence.queryUserStatus(body)).data,
    queryAllOlWhatsAppInfo: async () => (await presence.queryAllOlWhatsAppInfo()).data,
    queryWhatsAppInfo: async (body) => (await presence.queryWhatsAppInfo(body)).data,
    queryUserStatusLog: async (body) => (await history.queryUserStatusLog(body)).data,
    getLatestOnlineWhatsAccount: async (body) => (await history.getLatestOnlineWhatsAccount(body)).data,
    thrown(error) {
      if (axios.isAxiosError(error) && error.response) return error.response.data;
      throw error;
    },
  };
});
