package io.sessionrouter.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintStream;
import java.io.Reader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestartsTest {
  private static final long PATIENCE_SECONDS = 20;

  private final BlockingQueue<Child> restarted = new LinkedBlockingQueue<>();
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final Keyboard keyboard = new Keyboard();
  private boolean someoneIsThere = true;
  private Children children;
  private Restarts restarts;

  @BeforeEach
  void offerRestarts(@TempDir Path logs) throws Exception {
    children = new Children(logs);
    restarts =
        new Restarts(
            children,
            new Progress(new PrintStream(printed, true, StandardCharsets.UTF_8)),
            restarted::add,
            keyboard,
            () -> someoneIsThere);
  }

  @AfterEach
  void endAll() {
    children.close();
  }

  @Test
  void enterStartsAgainWhatEnded() throws Exception {
    Child killed = killed("one");

    restarts.offer(killed);
    keyboard.enter();

    Child next = restarted.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(next).isNotNull().extracting(Child::name).isEqualTo("one");
    assertThat(next.alive()).isTrue();
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("Press Enter to start one again.", "one: ready");
  }

  @Test
  void enterStartsAgainAllThatEnded() throws Exception {
    restarts.offer(killed("one"));
    restarts.offer(killed("two"));
    keyboard.enter();

    assertThat(nextName()).isEqualTo("one");
    assertThat(nextName()).isEqualTo("two");
  }

  @Test
  void offersAgainAfterARestart() throws Exception {
    restarts.offer(killed("one"));
    keyboard.enter();
    Child next = restarted.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(next).isNotNull();
    next.kill();

    restarts.offer(next);
    keyboard.enter();

    assertThat(nextName()).isEqualTo("one");
  }

  @Test
  void asksNobodyWhereNobodyIs() {
    someoneIsThere = false;

    restarts.offer(killed("one"));

    assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  private String nextName() throws InterruptedException {
    Child next = restarted.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(next).isNotNull();
    return next.name();
  }

  private Child killed(String name) {
    Child child = children.start(service(name));
    child.kill();
    return child;
  }

  private static Service service(String name) {
    return new Service(
        name,
        URI.create("http://127.0.0.1:1"),
        List.of("sleep", "600"),
        Map.of(),
        () -> true,
        Duration.ofSeconds(PATIENCE_SECONDS));
  }

  /** A terminal; unlike a pipe's, its reader may be another thread each time. */
  private static final class Keyboard extends Reader {
    private final BlockingQueue<Character> keys = new LinkedBlockingQueue<>();

    void enter() {
      keys.add('\n');
    }

    @Override
    public int read(char[] target, int offset, int most) throws IOException {
      try {
        target[offset] = keys.take();
        return 1;
      } catch (InterruptedException e) {
        throw new InterruptedIOException();
      }
    }

    @Override
    public void close() {}
  }
}
