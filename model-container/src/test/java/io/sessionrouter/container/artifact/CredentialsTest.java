package io.sessionrouter.container.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.internal.WebIdentityCredentialsUtils;

/** Credentials that need more than the S3 client. */
class CredentialsTest {

  /** The SDK looks for it by name and fails at the first request if it is not there. */
  @Test
  void aRoleOfAKubernetesServiceAccountCanBeTaken() {
    assertThat(WebIdentityCredentialsUtils.factory()).isNotNull();
  }
}
