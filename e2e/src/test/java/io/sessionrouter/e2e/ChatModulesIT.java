package io.sessionrouter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.local.Ports;
import io.sessionrouter.local.chat.ChatServer;
import io.sessionrouter.local.chat.Scene;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The chat page's modules for themselves, in a real browser. */
class ChatModulesIT {
  private static Browser browser;
  private static ChatServer server;

  @BeforeAll
  static void start() throws Exception {
    URI nobody = URI.create("http://127.0.0.1:" + Ports.free());
    server = ChatServer.start(0, new Scene("chat", nobody, nobody, List.of()), "sr-key");
    browser = Browser.start(TestSystem.folder("chat-modules"));
    browser.open(server.url());
  }

  @AfterAll
  static void stop() {
    browser.close();
    server.close();
  }

  @Test
  void eventsAreFoundHoweverTheyAreCut() {
    Object wrong =
        evaluate(
            "events.js",
            """
            const stream = ': note\\ndata: é🐈\\n\\nevent: x\\ndata:a\\r\\ndata: b\\r\\n\\r\\n\\n\\n'
              + 'data:c\\r\\rdata:open';
            const bytes = new TextEncoder().encode(stream);
            const wrong = [];
            for (let i = 0; i <= bytes.length; i++) {
              for (let j = i; j <= bytes.length; j++) {
                const reader = new module.EventReader();
                const events = [[0, i], [i, j], [j, bytes.length]]
                  .flatMap(([from, to]) => reader.push(bytes.subarray(from, to)));
                if (JSON.stringify(events) !== JSON.stringify(['é🐈', 'a\\nb', 'c'])) {
                  wrong.push([i, j, ...events]);
                }
              }
            }
            return JSON.stringify(wrong);
            """);

    assertThat(wrong).isEqualTo("[]");
  }

  @Test
  void aLineWithoutEndIsNotCollectedForEver() {
    Object failure =
        evaluate(
            "events.js",
            """
            const reader = new module.EventReader();
            const piece = new Uint8Array(1 << 18).fill(97);
            try {
              for (let i = 0; i < 5; i++) {
                reader.push(piece);
              }
              return 'none';
            } catch (failure) {
              return failure.message;
            }
            """);

    assertThat(failure).asString().contains("too long (expected: at most 1048576 characters)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "median([3, 1, 2]) | 2",
        "median([4, 1, 2, 3]) | 2.5",
        "median([10, 9, 100]) | 10",
        "median([]) | NaN",
        "millis(0.25) | 0.3 ms",
        "millis(1234.5) | 1,235 ms",
        "millis(NaN) | –",
        "bytes(96) | 96 B",
        "bytes(1500) | 1.5 kB",
        "bytes(18346) | 18 kB",
        "percent(0.9999) | 99.9 %",
        "timer(730) | 0.7 s",
        "timer(61500) | 61 s",
        "percent(1) | 100 %",
        "percent(0) | 0 %",
        "count(undefined) | –",
        "generated({tokens: 1, firstToken: 5, lastToken: 5}) | 1 token",
        "generated({tokens: 9, firstToken: 5, lastToken: 6}) | 9 tokens",
        "generated({tokens: 101, firstToken: 100, lastToken: 600}) | 101 tokens, 200 per second",
      })
  void figuresAreSaidShortly(String expression, String expected) {
    assertThat(evaluate("figures.js", "return String(module." + expression + ")"))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "10, 480, 48 × faster to the first token in the session.",
    "40, 100, 2.5 × faster to the first token in the session.",
    "30, 15, 2 × slower to the first token in the session.",
    "10, 10.5, '1 × the time to the first token: no difference.'",
    "NaN, 10, null",
    "10, NaN, null"
  })
  void theVerdictComparesMedians(String continued, String stateless, String expected) {
    String script =
        """
        const turns = [];
        const add = (kind, firstToken) =>
          turns.push({kind, firstToken, sent: 10, promptTokens: 100, cachedTokens: 50});
        for (const factor of [1, 0.1, 50]) {
          add(module.CONTINUED, %s * factor);
          add(module.STATELESS, %s * factor);
          add(module.OPENING, 7);
        }
        const summary = kind => module.summary(turns, kind);
        const said = module.verdict(summary(module.CONTINUED), summary(module.STATELESS));
        return said ? `${said.factor} ${said.text}` : 'null';
        """
            .formatted(continued, stateless);

    assertThat(evaluate("figures.js", script)).isEqualTo(expected);
  }

  /** What a script returns that has one of the page's modules at hand. */
  private static Object evaluate(String module, String script) {
    return browser
        .driver()
        .executeAsyncScript(
            """
            const done = arguments[arguments.length - 1];
            import('/%s').then(module => { %s }).then(done, failure => done(String(failure)));
            """
                .formatted(module, script));
  }
}
