import org.openapitools.client.model.StatusTime;
import org.openapitools.client.model.UserId;
import org.openapitools.client.model.UserIdText;

/** What the edition for readers of the vendor has as a number or as text, and as open codes. */
final class Edition {
  static UserId userId(long id) {
    return new UserId(id);
  }

  static Integer source(int code) {
    return code;
  }

  static String text(UserId value) {
    return value.getActualInstance().toString();
  }

  static String text(UserIdText value) {
    return value.getActualInstance().toString();
  }

  static String text(StatusTime value) {
    return value.getActualInstance().toString();
  }
}
