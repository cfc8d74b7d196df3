// orval makes schemas alone of the contract; fetch sends the requests.

import type { z } from "zod";
import * as schemas from "./client";
import { converse } from "./conversation";

await converse((baseUrl, sign) => {
  async function post<Q extends z.ZodType, A extends z.ZodType>(
    operation: string,
    question: Q,
    answer: A,
    body?: z.input<Q>,
  ): Promise<z.output<A>> {
    const response = await fetch(`${baseUrl}/group-dispatch-api/user/${operation}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...sign() },
      body: JSON.stringify(question.parse(body ?? {})),
    });
    if (!response.ok) throw await response.json();
    return answer.parse(await response.json());
  }
  return {
    queryUserStatus: (body) =>
      post("queryUserStatus", schemas.QueryUserStatusBody, schemas.QueryUserStatusResponse, body),
    queryAllOlWhatsAppInfo: () =>
      post("queryAllOlWhatsAppInfo", schemas.QueryAllOlWhatsAppInfoBody, schemas.QueryAllOlWhatsAppInfoResponse),
    queryWhatsAppInfo: (body) =>
      post("queryWhatsAppInfo", schemas.QueryWhatsAppInfoBody, schemas.QueryWhatsAppInfoResponse, body),
    queryUserStatusLog: (body) =>
      post("queryUserStatusLog", schemas.QueryUserStatusLogBody, schemas.QueryUserStatusLogResponse, body),
    getLatestOnlineWhatsAccount: (body) =>
      post(
        "getLatestOnlineWhatsAccount",
        schemas.GetLatestOnlineWhatsAccountBody,
        schemas.GetLatestOnlineWhatsAccountResponse,
        body,
      ),
    // It has no schema for errors.
    thrown: (error) => error as { code: number; message: string },
  };
});
