import { Configuration, HistoryApi, PresenceApi, ResponseError } from "./client";
import { converse } from "./conversation";

await converse((basePath, sign) => {
  const signing = {
    async pre({ init, url }: { init: RequestInit; url: string }) {
      return { url, init: { ...init, headers: { ...(init.headers as Record<string, string>), ...sign() } } };
    },
  };
  const configuration = new Configuration({ basePath, middleware: [signing] });
  const presence = new PresenceApi(configuration);
  const history = new HistoryApi(configuration);
  return {
    queryUserStatus: (queryUserStatusRequest) => presence.queryUserStatus({ queryUserStatusRequest }),
    queryAllOlWhatsAppInfo: () => presence.queryAllOlWhatsAppInfo(),
    queryWhatsAppInfo: (queryWhatsAppInfoRequest) => presence.queryWhatsAppInfo({ queryWhatsAppInfoRequest }),
    queryUserStatusLog: (queryUserStatusLogRequest) => history.queryUserStatusLog({ queryUserStatusLogRequest }),
    getLatestOnlineWhatsAccount: (getLatestOnlineWhatsAccountRequest) =>
      history.getLatestOnlineWhatsAccount({ getLatestOnlineWhatsAccountRequest }),
    thrown(error) {
      if (error instanceof ResponseError) return error.response.json();
      throw error;
    },
  };
});
