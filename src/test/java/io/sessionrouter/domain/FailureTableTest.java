package io.sessionrouter.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.domain.FailureKind.Alert;
import io.sessionrouter.domain.FailureKind.Fault;
import io.sessionrouter.testing.DocsSection;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The failure table is what AWS SDKs understand, and what docs/failures.md says. */
class FailureTableTest {
  /** What callers do wakes somebody where it may be an attack, or goes on. */
  static final Set<Alert> OF_CALLERS = Set.of(Alert.CALLERS_REFUSED, Alert.PRINCIPAL_AT_QUOTA);

  private static final Set<String> RETRIED_BY_SDKS =
      Set.of("ServiceUnavailable", "ModelNotReadyException", "ThrottlingException");

  @ParameterizedTest
  @EnumSource
  void oneCodeHasOneMeaningForRetries(FailureKind kind) {
    assertThat(kind.retry() == FailureKind.Retry.AFTER_A_SECOND)
        .as("a retry may help exactly if the SDKs' users are told so")
        .isEqualTo(RETRIED_BY_SDKS.contains(kind.code()));
  }

  @ParameterizedTest
  @EnumSource
  void codesHaveTheStatusThatAwsGivesThem(FailureKind kind) {
    Set<Integer> statuses =
        switch (kind.code()) {
          case "ValidationError" -> Set.of(400, 413, 431);
          case "ModelError" -> Set.of(424);
          case "ModelNotReadyException", "ThrottlingException" -> Set.of(429);
          case "ServiceUnavailable" -> Set.of(503);
          case "InternalFailure" -> Set.of(500);
          case "InternalDependencyException" -> Set.of(530);
          case "UnknownOperationException" -> Set.of(404, 405);
          case "RequestTimeoutException" -> Set.of(408);
          case "MissingAuthenticationTokenException",
              "IncompleteSignatureException",
              "InvalidSignatureException",
              "UnrecognizedClientException",
              "ExpiredTokenException",
              "AccessDeniedException" ->
              Set.of(403);
          default -> Set.of();
        };
    assertThat(statuses).contains(kind.status());
  }

  @ParameterizedTest
  @EnumSource
  void onlyFaultsOfOurOwnAreErrorsInTheLog(FailureKind kind) {
    assertThat(kind.log() == FailureKind.Log.ERROR).isEqualTo(kind == FailureKind.INTERNAL);
  }

  @ParameterizedTest
  @EnumSource
  void theFaultFitsTheStatus(FailureKind kind) {
    if (kind.status() >= 500) {
      assertThat(kind.fault()).as("nobody else can mend it").isEqualTo(Fault.ROUTER);
    } else if (kind.code().equals("ModelError") || kind.code().equals("ModelNotReadyException")) {
      assertThat(kind.fault()).isNotEqualTo(Fault.CLIENT);
    } else {
      assertThat(kind.fault())
          .isEqualTo(kind == FailureKind.SESSION_LOST ? Fault.ROUTER : Fault.CLIENT);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatCountsAgainstTheObjectiveHasAnAlert(FailureKind kind) {
    if (kind.fault() == Fault.ROUTER) {
      assertThat(kind.alert()).isNotEqualTo(Alert.NONE).isNotIn(OF_CALLERS);
    } else {
      assertThat(kind.alert()).isIn(Alert.NONE, Alert.CALLERS_REFUSED, Alert.PRINCIPAL_AT_QUOTA);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anSdkInStandardRetryModeResendsExactlyWhatMayBeResent(FailureKind kind) {
    boolean byItsCode = kind.code().equals("ThrottlingException");
    boolean resent = byItsCode || kind.statusInStandardRetries() == 503;
    assertThat(resent).isEqualTo(kind.retry() == FailureKind.Retry.AFTER_A_SECOND);
  }

  @ParameterizedTest
  @EnumSource
  void onlyTheContainersFailuresBlameTheModelInAStream(FailureKind kind) {
    assertThat(kind.streamException().equals("ModelStreamError"))
        .isEqualTo(!kind.streamCode().equals(kind.code()));
  }

  @Test
  void theDocumentShowsTheTable() throws Exception {
    DocsSection.named("failures").requireOrUpdate(table(), FailureTableTest.class);
  }

  private static String table() {
    String rows =
        Arrays.stream(FailureKind.values())
            .map(
                k ->
                    "| `%s` | %d | `%s` | %s | %s | %s | %s | %s | %s |\n"
                        .formatted(
                            k.label(),
                            k.status(),
                            k.code(),
                            k.retry() == FailureKind.Retry.NO ? "no" : "after 1 s",
                            k.fault().label(),
                            k.log().name().toLowerCase(Locale.ROOT),
                            k.streamCode().equals(k.code()) ? "" : "`" + k.streamCode() + "`",
                            k.alert() == Alert.NONE ? "" : "`" + k.alert().rule() + "`",
                            k.meaning()))
            .collect(Collectors.joining());
    return "| outcome | HTTP | code | retry | fault | log | stream | alert | when |\n"
        + "|---|---|---|---|---|---|---|---|---|\n"
        + rows;
  }
}
