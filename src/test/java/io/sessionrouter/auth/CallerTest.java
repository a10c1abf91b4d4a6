package io.sessionrouter.auth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What patterns match, and what grants of them allow. */
class CallerTest {

  @ParameterizedTest
  @CsvSource({
    "chat, chat, true",
    "chat, Chat, false",
    "chat, chats, false",
    "chat, cha, false",
    "*, anything, true",
    "team-*, team-, true",
    "team-*, team-a-b, true",
    "team-*, team, false",
    "*-prod, a-prod, true",
    "*-prod, a-prod-, false",
    "a*b*c, abc, true",
    "a*b*c, axbxbxc, true",
    "a*b*c, axcxb, false",
    "**, x, true",
    "sagemaker:Invoke*, sagemaker:InvokeEndpoint, true",
    "sagemaker:Invoke*, sagemaker:DeleteEndpoint, false",
  })
  void aStarStandsForAnything(String pattern, String name, boolean matches) {
    assertThat(new NamePattern(pattern).matches(name)).isEqualTo(matches);
  }

  @Test
  void aPatternOfManyStarsIsRefusedSoon() {
    String pattern = "*a".repeat(30) + "b";
    assertThat(new NamePattern(pattern).matches("a".repeat(10_000))).isFalse();
  }

  @Test
  void whatNoGrantAllowsIsDenied() {
    Caller caller = caller("[]");
    for (Action action : Action.values()) {
      assertThat(caller.allows(action, "chat")).isFalse();
      assertThat(caller.allows(action, null)).isFalse();
    }
  }

  @Test
  void aGrantIsOfItsActionsOnItsEndpoints() {
    Caller caller =
        caller(
            """
            [{"actions": ["sagemaker:Invoke*", "router:Drain"], "endpoints": ["chat", "team-*"]},
             {"actions": ["router:ReadFleet"], "endpoints": ["*"]}]\
            """);
    assertThat(caller.allows(Action.INVOKE_ENDPOINT, "chat")).isTrue();
    assertThat(caller.allows(Action.INVOKE_ENDPOINT_WITH_RESPONSE_STREAM, "team-a")).isTrue();
    assertThat(caller.allows(Action.DRAIN, "team-a")).isTrue();
    assertThat(caller.allows(Action.INVOKE_ENDPOINT, "other")).isFalse();
    assertThat(caller.allows(Action.READ_FLEET, "other")).isTrue();
    assertThat(caller.allows(Action.READ_SESSIONS, "chat")).isFalse();
    assertThat(caller.allows("sagemaker:InvokeEndpointAsync", "chat")).isTrue();
    assertThat(caller.allows("sagemaker:CreateModel", "chat")).isFalse();
  }

  @Test
  void whatConcernsAllEndpointsNeedsAGrantOnAllOfThem() {
    Caller some =
        caller(
            """
            [{"actions": ["*"], "endpoints": ["chat", "a*"]}]\
            """);
    Caller all =
        caller(
            """
            [{"actions": ["router:*"], "endpoints": ["chat", "*"]}]\
            """);
    assertThat(some.allows(Action.READ_FLEET, null)).isFalse();
    assertThat(all.allows(Action.READ_FLEET, null)).isTrue();
    assertThat(all.allows(Action.INVOKE_ENDPOINT, null)).isFalse();
  }

  @Test
  void whereCallersAreNotDistinguishedEverybodyMayDoEverything() {
    assertThat(Caller.ANYBODY.principal().name()).isEmpty();
    for (Action action : Action.values()) {
      assertThat(Caller.ANYBODY.allows(action, "chat")).isTrue();
      assertThat(Caller.ANYBODY.allows(action, null)).isTrue();
    }
  }

  @Test
  void theFirstQuotaThatConcernsAnEndpointIsItsOwn() {
    Caller caller =
        only(
            """
            {"name": "a", "bearerKeys": [{"sha256": "%s"}], "quotas": [
              {"endpoints": ["chat"], "requestsPerSecond": 0.5, "burst": 3},
              {"endpoints": ["c*"], "requestsInFlight": 2, "sessions": 5000000000,
               "bytesPerSecond": 7}]}\
            """);
    assertThat(caller.quota("chat")).isEqualTo(new Quota(0.5, 3, null, null, null));
    assertThat(caller.quota("cat")).isEqualTo(new Quota(null, null, 2, 5_000_000_000L, 7L));
    assertThat(caller.quota("dog")).isEqualTo(Quota.UNLIMITED);
  }

  private static Caller caller(String grants) {
    return only(
        "{\"name\": \"a\", \"bearerKeys\": [{\"sha256\": \"%s\"}], \"allow\": " + grants + "}");
  }

  /** Of a file of one principal, found by its bearer key. */
  private static Caller only(String principal) {
    String hash = BearerKey.hash("key");
    return PrincipalsFile.parse("{\"principals\": [" + principal.formatted(hash) + "]}")
        .bearer(hash)
        .caller();
  }
}
