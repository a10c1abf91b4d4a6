package io.sessionrouter.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.local.RouterPlan;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * Streams through one router, of both kinds and each in a session of its own, that last until they
 * are let go.
 */
final class HeldStreams implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int OF_EACH_KIND = 4;

  private final SteppedInstance instance;
  private final HttpClient http;
  private final List<HeldStream> streams;
  private int steps;

  private HeldStreams(SteppedInstance instance, HttpClient http, List<HeldStream> streams) {
    this.instance = instance;
    this.http = http;
    this.streams = streams;
  }

  /** They have begun, and run, when this returns. */
  static HeldStreams open(RouterPlan router, SteppedInstance instance) throws Exception {
    HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    List<HeldStream> streams = new ArrayList<>();
    for (int i = 0; i < OF_EACH_KIND; i++) {
      streams.add(HeldStream.plain(http, router));
      streams.add(HeldStream.events(http, router));
    }
    HeldStreams held = new HeldStreams(instance, http, List.copyOf(streams));
    held.requireRunning();
    return held;
  }

  int count() {
    return streams.size();
  }

  List<String> sessions() {
    return streams.stream().map(HeldStream::session).toList();
  }

  /** Every client has got what was sent so far, and the instance has more to send. */
  void requireRunning() {
    List<String> expected = linesSoFar();
    for (HeldStream stream : streams) {
      await(stream + " got " + expected)
          .atMost(PATIENCE)
          .until(() -> stream.over() || stream.lines().equals(expected));
      assertThat(stream.over()).as("%s is over after %s", stream, stream.lines()).isFalse();
    }
    assertThat(instance.running()).as("streams under way").isEqualTo(count());
  }

  /** One line more, and it arrives. */
  void step() {
    instance.step();
    steps++;
    requireRunning();
  }

  /** They end by themselves, and nothing of them is missing. */
  void endWhole() throws Exception {
    instance.end();
    List<String> expected =
        Stream.concat(linesSoFar().stream(), Stream.of(SteppedInstance.END)).toList();
    for (HeldStream stream : streams) {
      assertThat(stream.awaitEnd(PATIENCE)).as("%s", stream).isEqualTo(expected);
    }
  }

  private List<String> linesSoFar() {
    return Stream.concat(
            Stream.of(SteppedInstance.BEGIN),
            Collections.nCopies(steps, SteppedInstance.STEP).stream())
        .toList();
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
