package io.sessionrouter.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class OwnSiteTest {

  private static boolean sent(Map<String, String> headers) {
    return OwnSite.sent(headers::get);
  }

  @Test
  void programsCountAsOwn() {
    assertThat(sent(Map.of("Host", "router:9000"))).isTrue();
  }

  @Test
  void itsOwnPagesAndTheUsersHandAreOwn() {
    assertThat(sent(Map.of("Sec-Fetch-Site", "same-origin"))).isTrue();
    assertThat(sent(Map.of("Sec-Fetch-Site", "none"))).isTrue();
    assertThat(sent(Map.of("Origin", "http://router:9000", "Host", "ROUTER:9000"))).isTrue();
  }

  @Test
  void othersAreNot() {
    assertThat(sent(Map.of("Sec-Fetch-Site", "same-site"))).isFalse();
    assertThat(sent(Map.of("Sec-Fetch-Site", "cross-site"))).isFalse();
    assertThat(sent(Map.of("Origin", "http://localhost:8000", "Host", "localhost:9000"))).isFalse();
    assertThat(sent(Map.of("Origin", "null", "Host", "router:9000"))).isFalse();
  }

  @Test
  void theSiteDecidesWhateverTheOriginIs() {
    assertThat(
            sent(
                Map.of(
                    "Sec-Fetch-Site", "cross-site", "Origin", "http://router", "Host", "router")))
        .isFalse();
  }
}
