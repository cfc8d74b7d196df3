import org.openapitools.client.model.Source;

/** What the contract has as a number or as text alone, and as listed codes. */
final class Edition {
  static Long userId(long id) {
    return id;
  }

  static Source source(int code) {
    return Source.fromValue(code);
  }

  static String text(Long value) {
    return value.toString();
  }

  static String text(String value) {
    return value;
  }
}
