import axios from "axios";
import { getGroupDispatch } from "./client";
import { converse } from "./conversation";

await converse((baseURL, sign) => {
  const http = axios.create({ baseURL });
  http.interceptors.request.use((request) => {
    request.headers.set(sign());
    return request;
  });
  const api = getGroupDispatch(http);
  return {
    queryUserStatus: async (body) => (await api.queryUserStatus(body)).data,
    queryAllOlWhatsAppInfo: async () => (await api.queryAllOlWhatsAppInfo()).data,
    queryWhatsAppInfo: async (body) => (await api.queryWhatsAppInfo(body)).data,
    queryUserStatusLog: async (body) => (await api.queryUserStatusLog(body)).data,
    getLatestOnlineWhatsAccount: async (body) => (await api.getLatestOnlineWhatsAccount(body)).data,
    thrown(error) {
      if (axios.isAxiosError(error) && error.response) return error.response.data;
      throw error;
    },
  };
});
