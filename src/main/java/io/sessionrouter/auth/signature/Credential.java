package io.sessionrouter.auth.signature;

/**
 * Which key a request is signed with, and for what.
 *
 * @param keyId the access key's
 * @param day yyyyMMdd
 * @param terminator always {@value #TERMINATOR}
 */
record Credential(String keyId, String day, String region, String service, String terminator) {
  static final String TERMINATOR = "aws4_request";
  private static final int ELEMENTS = 5;

  static Credential parse(String text) {
    String[] parts = text.split("/", ELEMENTS + 1);
    if (parts.length != ELEMENTS) {
      throw Refusals.incomplete(
          "Credential must have exactly 5 slash-delimited elements, e.g."
              + " keyid/date/region/service/term, got '"
              + text
              + "'");
    }
    return new Credential(parts[0], parts[1], parts[2], parts[3], parts[4]);
  }

  /** What is signed of it. */
  String scope() {
    return day + "/" + region + "/" + service + "/" + terminator;
  }
}
