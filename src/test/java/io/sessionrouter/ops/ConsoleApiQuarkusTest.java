package io.sessionrouter.ops;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.Session;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The console's files as they are served, and what pages of other sites may not do. */
@QuarkusTest
@TestProfile(OpsProfile.class)
@Tag("slow")
class ConsoleApiQuarkusTest {
  private static final Path FILES = Path.of("src/main/resources/META-INF/resources/console");
  private static final String SESSION = "/v1/sessions/chat/s-1";

  @Inject InMemorySessions room;

  @BeforeEach
  void oneSession() {
    room.reset();
    room.add(new Session("s-1", "127.0.0.1:1", "", "main", "", "", 0, Long.MAX_VALUE / 2, 0));
  }

  static List<String> files() throws IOException {
    try (Stream<Path> all = Files.walk(FILES)) {
      return all.filter(Files::isRegularFile)
          .map(file -> FILES.relativize(file).toString().replace('\\', '/'))
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void everyFileIsServedAndMayLoadNothingFromElsewhere(String file) {
    when()
        .get("/console/" + file)
        .then()
        .statusCode(200)
        .header("Content-Security-Policy", containsString("default-src 'none'"))
        .header("Content-Security-Policy", containsString("script-src 'self'"))
        .header("Content-Security-Policy", containsString("require-trusted-types-for 'script'"))
        .header("X-Content-Type-Options", "nosniff")
        .header("Cache-Control", "no-cache");
  }

  @Test
  void thePolicyAllowsNoInlineScriptAndNoOtherHost() {
    String policy = when().get("/console/").header("Content-Security-Policy");

    assertThat(policy).doesNotContain("unsafe").doesNotContain("http").doesNotContain("*");
  }

  @Test
  void thePageIsAtItsFolder() {
    when()
        .get("/console/")
        .then()
        .statusCode(200)
        .contentType("text/html")
        .body(containsString("<title>Session Router</title>"));
    given()
        .redirects()
        .follow(false)
        .get("/console")
        .then()
        .statusCode(308)
        .header("Location", "console/");
    given().get("/console").then().statusCode(200).contentType("text/html");
  }

  @Test
  void aPageThatIsKnownIsNotSentAgain() {
    String changed = when().get("/console/").header("Last-Modified");

    given().header("If-Modified-Since", changed).get("/console/").then().statusCode(304);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/console/nope.js", "/console/js/", "/console/../application.properties"})
  void thereIsNothingElse(String path) {
    given().urlEncodingEnabled(false).get(path).then().statusCode(404);
  }

  /** Files name each other by relative paths, and nothing of another host. */
  @ParameterizedTest
  @MethodSource("files")
  void whatAFileNamesIsThere(String file) throws IOException {
    Pattern names =
        Pattern.compile("(?:src=|from |@import |(?:link|script) .*?href=)\"([^\"#]+)\"");
    Matcher name = names.matcher(Files.readString(FILES.resolve(file)));
    while (name.find()) {
      Path target = FILES.resolve(file).resolveSibling(name.group(1));
      assertThat(target).as("%s in %s", name.group(1), file).exists();
    }
  }

  @Test
  void nothingTurnsTextIntoMarkup() throws IOException {
    assertThat(files().stream().filter(file -> file.endsWith(".js")))
        .allSatisfy(
            file ->
                assertThat(read(file))
                    .doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML")
                    .doesNotContain("document.write", "eval(", "DOMParser"));
  }

  /** Whose fault a failure is stands in the failure table only. */
  @Test
  void noFileOfTheConsoleNamesFailures() throws IOException {
    assertThat(files().stream().filter(file -> file.endsWith(".js")))
        .allSatisfy(
            file ->
                assertThat(read(file))
                    .doesNotContain(
                        Stream.of(FailureKind.values())
                            .map(kind -> '"' + kind.label() + '"')
                            .toArray(String[]::new)));
  }

  private static String read(String file) {
    try {
      return Files.readString(FILES.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Sec-Fetch-Site, cross-site",
    "Sec-Fetch-Site, same-site",
    "Origin, https://elsewhere.example",
    "Origin, null",
    "Origin, http://localhost:1",
    "Origin, not an origin",
  })
  void aPageOfAnotherSiteChangesNothing(String header, String value) {
    for (String path : List.of(SESSION, "/v1/endpoints/chat/instances/127.0.0.1:1/drain")) {
      assertRefused(given().header(header, value).delete(path));
    }
    assertRefused(
        given().header(header, value).post("/v1/endpoints/chat/instances/127.0.0.1:1/drain"));
    assertRefused(given().header(header, value).get("/v1/live"));
    assertThat(room.calls).isEmpty();
  }

  private static void assertRefused(io.restassured.response.Response answer) {
    answer
        .then()
        .statusCode(403)
        .contentType("application/json")
        .body("code", equalTo("CrossSiteRequest"));
  }

  @Test
  void aPageOfAnotherSiteMayLinkHere() {
    given().header("Sec-Fetch-Site", "cross-site").get("/console/").then().statusCode(200);
    given().header("Sec-Fetch-Site", "cross-site").get("/v1/endpoints").then().statusCode(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"same-origin", "none"})
  void theConsoleMay(String site) {
    given().header("Sec-Fetch-Site", site).delete(SESSION).then().statusCode(200);
  }

  @Test
  void anOriginOfThisRouterMayAndCurlMay() {
    String own = RestAssured.baseURI + ":" + RestAssured.port;
    given().header("Origin", own).delete(SESSION).then().statusCode(200);
    oneSession();
    when().delete(SESSION).then().statusCode(200);
  }

  @Test
  void answersOfTheApiAreNotKept() {
    when()
        .get("/v1/endpoints")
        .then()
        .header("Cache-Control", "no-store")
        .header("X-Content-Type-Options", "nosniff");
  }
}
