import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigInteger;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.List;
import java.util.stream.Collectors;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.HistoryApi;
import org.openapitools.client.api.PresenceApi;
import org.openapitools.client.model.ErrorResponse;
import org.openapitools.client.model.GetLatestOnlineWhatsAccountRequest;
import org.openapitools.client.model.QueryUserStatusLogRequest;
import org.openapitools.client.model.QueryUserStatusRequest;
import org.openapitools.client.model.QueryWhatsAppInfoRequest;

/**
 * A program over the client that openapi-generator makes for Java with {@code --library native}. It takes the steps of
 * {@code typescript/conversation.ts}. One file beside it, {@code Edition.java}, has what differs between the contract and
 * the edition for readers of the vendor.
 *
 * <p>Run as {@code java Program URL TENANT_ID API_KEY}.
 */
public final class Program {
  private interface Step {
    List<Object> values() throws Exception;
  }

  private static void step(String name, Step step) {
    String line;
    try {
      line = step.values().stream().map(String::valueOf).collect(Collectors.joining(" "));
    } catch (Exception error) {
      line = "failed: " + error;
    }
    System.out.println(name + ": " + line.replace('\n', ' '));
  }

  /** Signs each request when it is sent. */
  private static void sign(HttpRequest.Builder request, String tenantId, String apiKey) {
    String timestamp = String.valueOf(System.currentTimeMillis());
    try {
      byte[] text = (tenantId + timestamp + apiKey).getBytes(StandardCharsets.UTF_8);
      byte[] token = MessageDigest.getInstance("MD5").digest(text);
      request.setHeader("tenant_id", tenantId);
      request.setHeader("timestamp", timestamp);
      request.setHeader("token", String.format("%032x", new BigInteger(1, token)));
    } catch (GeneralSecurityException error) {
      throw new IllegalStateException(error);
    }
  }

  private static ApiClient clientOf(String url, String tenantId, String apiKey) {
    ObjectMapper mapper = ApiClient.createDefaultObjectMapper();
    // Otherwise a number counts as text too, and so as both of what `oneOf` allows.
    mapper.configure(MapperFeature.ALLOW_COERCION_OF_SCALARS, false);
    ApiClient client = new ApiClient();
    client.setObjectMapper(mapper);
    client.updateBaseUri(url);
    client.setRequestInterceptor(request -> sign(request, tenantId, apiKey));
    return client;
  }

  /** Returns the data of a success; any other answer is a failure. */
  private static <T> T data(Object code, String message, T data) {
    if (!code.toString().equals("200") || data == null) {
      throw new IllegalStateException(code + " " + message + ", data " + data);
    }
    return data;
  }

  public static void main(String[] arguments) {
    String url = arguments[0];
    String tenantId = arguments[1];
    ApiClient client = clientOf(url, tenantId, arguments[2]);
    var presence = new PresenceApi(client);
    var history = new HistoryApi(client);
    var ofAgent = new QueryUserStatusRequest().userId(Edition.userId(12)).source(Edition.source(1));

    step("queryUserStatus", () -> {
      var answer = presence.queryUserStatus(ofAgent);
      var agent = data(answer.getCode(), answer.getMessage(), answer.getData()).get(0);
      var account = agent.getWhatsAppList().get(0);
      return List.of(
          Edition.text(agent.getUserId()), agent.getAgentAccount(), account.getWhatsApp(), account.getName());
    });
    step("queryAllOlWhatsAppInfo", () -> {
      var answer = presence.queryAllOlWhatsAppInfo(null);
      var group = data(answer.getCode(), answer.getMessage(), answer.getData()).get(0);
      var agent = group.getList().get(0);
      var account = agent.getWhatsAppList().get(0);
      return List.of(
          group.getSource(),
          Edition.text(agent.getUserId()),
          agent.getAgentAccount(),
          agent.getUserName(),
          account.getWhatsApp());
    });
    step("queryWhatsAppInfo", () -> {
      var question = new QueryWhatsAppInfoRequest().whatsapp(8618217331411L).source(Edition.source(1));
      var answer = presence.queryWhatsAppInfo(question);
      var place = data(answer.getCode(), answer.getMessage(), answer.getData());
      return List.of(
          Edition.text(place.getUserId()), place.getAgentAccount(), place.getWhatsApp(), place.getSource());
    });
    step("queryUserStatusLog", () -> {
      var question = new QueryUserStatusLogRequest().agentAccount("br02").source(Edition.source(2));
      var answer = history.queryUserStatusLog(question);
      var agent = data(answer.getCode(), answer.getMessage(), answer.getData()).get(0);
      var event = agent.getWhatsAppList().get(0);
      return List.of(
          Edition.text(agent.getUserId()),
          event.getWhatsApp(),
          event.getStatus(),
          event.getDetailStatus(),
          Edition.text(event.getCreateTime()));
    });
    step("getLatestOnlineWhatsAccount", () -> {
      var question = new GetLatestOnlineWhatsAccountRequest().userId(Edition.userId(12)).source(Edition.source(2));
      var answer = history.getLatestOnlineWhatsAccount(question);
      var agent = data(answer.getCode(), answer.getMessage(), answer.getData()).get(0);
      var account = agent.getWhatsAppList().get(0);
      return List.of(Edition.text(agent.getUserId()), account.getWhatsApp(), account.getStatus());
    });
    step("not online", () -> {
      var question = new QueryWhatsAppInfoRequest().whatsapp(573125704139L).source(Edition.source(2));
      var answer = presence.queryWhatsAppInfo(question);
      return List.of(answer.getCode(), answer.getData() == null ? "nothing" : answer.getData());
    });
    step("unknown code", () -> {
      var question = new QueryUserStatusLogRequest().agentAccount("br03").source(Edition.source(3));
      var answer = history.queryUserStatusLog(question);
      var agent = data(answer.getCode(), answer.getMessage(), answer.getData()).get(0);
      var event = agent.getWhatsAppList().get(0);
      return List.of(event.getStatus(), event.getDetailStatus());
    });
    ApiClient stranger = clientOf(url, tenantId, "another key");
    step("error", () -> {
      try {
        var answer = new PresenceApi(stranger).queryUserStatus(ofAgent);
        return List.of(answer.getCode(), answer.getMessage());
      } catch (ApiException error) {
        if (error.getResponseBody() == null) {
          throw error;
        }
        // An error with a status of its own has its body as text.
        var refusal = stranger.getObjectMapper().readValue(error.getResponseBody(), ErrorResponse.class);
        return List.of(refusal.getCode(), refusal.getMessage());
      }
    });
  }
}
