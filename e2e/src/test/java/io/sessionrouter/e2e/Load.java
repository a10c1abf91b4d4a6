package io.sessionrouter.e2e;

import io.sessionrouter.local.RouterPlan;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Users who talk all the time, each in sessions of its own, through whichever router is ready; two
 * of three answers are streams. They think for a moment before each question: without it they would
 * measure the machine, and take it from the tests beside them.
 *
 * <p>What a load balancer does is done here too: a router that takes no connection is passed over.
 * Nothing else is tried again.
 */
final class Load implements AutoCloseable {
  private static final int ROUNDS = 2;
  private static final Duration THINKING = Duration.ofMillis(100);

  private final ReadyRouters routers;
  private final Map<RouterPlan, RouterClient> clients = new ConcurrentHashMap<>();
  private final List<String> failures = new CopyOnWriteArrayList<>();
  private final AtomicLong answers = new AtomicLong();
  private final List<Thread> users;
  private volatile boolean over;

  Load(ReadyRouters routers, int users) {
    this.routers = routers;
    this.users =
        IntStream.range(0, users).mapToObj(i -> Thread.ofVirtual().start(this::talk)).toList();
  }

  long answers() {
    return answers.get();
  }

  List<String> failures() {
    return failures;
  }

  private void talk() {
    while (!over) {
      try {
        converse();
      } catch (RuntimeException | AssertionError failed) {
        failures.add(failed.toString());
      }
    }
  }

  private void converse() {
    String session = call(RouterClient::open).session();
    for (int i = 0; i < ROUNDS; i++) {
      call(client -> client.ask(session)).requireAnswer(RouterClient.REMEMBERED);
      call(client -> client.askForStream(session)).requireWholeStream(RouterClient.REMEMBERED);
      call(client -> client.askForResponseStream(session))
          .requireWholeStream(RouterClient.REMEMBERED);
    }
    call(client -> client.close(session)).requireStatus(200);
  }

  private Reply call(Function<RouterClient, Reply> request) {
    LockSupport.parkNanos(THINKING.toNanos());
    while (true) {
      RouterPlan router = routers.next();
      try {
        Reply reply = request.apply(clients.computeIfAbsent(router, RouterClient::new));
        answers.incrementAndGet();
        return reply;
      } catch (UncheckedIOException e) {
        if (!(e.getCause() instanceof ConnectException)) {
          throw e;
        }
      }
    }
  }

  /** Lets every user finish its conversation. */
  @Override
  public void close() {
    over = true;
    try {
      for (Thread user : users) {
        user.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
