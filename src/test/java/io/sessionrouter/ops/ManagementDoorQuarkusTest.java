package io.sessionrouter.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets through the door of the management port. */
@QuarkusTest
@TestProfile(ManagementDoorQuarkusTest.Profile.class)
@Tag("slow")
class ManagementDoorQuarkusTest {
  @TestHTTPResource URI management;

  public static class Profile extends OpsProfile {

    @Override
    public Map<String, String> getConfigOverrides() {
      Map<String, String> settings = new HashMap<>(super.getConfigOverrides());
      settings.put("session-router.management.hosts", "router.example, Other");
      return settings;
    }
  }

  /** The status of the answer to exactly this. */
  private int status(String line, String... headers) throws IOException {
    try (var socket = new Socket(management.getHost(), management.getPort())) {
      socket.setSoTimeout(20_000);
      String request = line + " HTTP/1.1\r\n" + String.join("\r\n", headers) + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      var reader =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      return Integer.parseInt(reader.readLine().split(" ", -1)[1]);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.0.0.1:9000",
        "10.1.2.3:9000",
        "[::1]:9000",
        "[fd00::1]",
        "localhost",
        "LOCALHOST:1",
        "router.example:9000",
        "ROUTER.example",
        "other"
      })
  void namesOfItsOwnAreServed(String host) throws IOException {
    assertThat(status("GET /v1/endpoints", "Host: " + host)).isEqualTo(200);
    assertThat(status("GET /q/health/live", "Host: " + host)).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:9000",
        "127.0.0.1.evil.example",
        "localhost.evil.example:9000",
        "evilrouter.example",
        "x.router.example",
        "router.example.",
        "1.2.3",
        "[evil]",
        "0x7f000001"
      })
  void othersAreNot(String host) throws IOException {
    for (String path :
        new String[] {"/v1/endpoints", "/q/metrics", "/q/health/live", "/console/"}) {
      assertThat(status("GET " + path, "Host: " + host, "Origin: http://" + host))
          .as(path)
          .isEqualTo(421);
    }
    assertThat(status("DELETE /v1/sessions/chat/s-1", "Host: " + host, "Origin: http://" + host))
        .isEqualTo(421);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/live",
        "/v1/live/",
        "//v1/live",
        "/v1//live",
        "/v1/live;x=y",
        "/v1;x/live",
        "/v1/li%76e",
        "/%76%31/live",
        "/v1/./live",
        "/v1/x/../live",
        "/v1/live?x",
        "/v1/live/?x",
        "/v1/live//"
      })
  void noPageOfAnotherSiteWatches(String path) throws IOException {
    assertThat(status("GET " + path, "Host: localhost", "Sec-Fetch-Site: cross-site"))
        .isIn(400, 403, 404);
    assertThat(status("GET " + path, "Host: localhost", "Origin: http://evil.example"))
        .isIn(400, 403, 404);
  }
}
