package io.sessionrouter.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.gateway.RawConnection.Message;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What the router makes of nearly valid requests, beside HAProxy and node: it accepts none that
 * both refuse, and understands none otherwise than both do. What was found once stands in {@link
 * StrictnessTest}.
 */
class DifferentialTest {
  private static final long SEED = Long.getLong("differential.seed", 20_240_611L);
  private static final int CASES = Integer.getInteger("differential.cases", 1500);
  private static final int AT_A_TIME = 24;
  private static final int QUIET_MILLIS = 1000;
  private static final int LONG_QUIET_MILLIS = 15_000;
  private static final String TARGET = "/endpoints/chat/invocations";

  /** Follows each request, so that whoever has understood that answers this and closes. */
  private static final String LAST =
      "POST "
          + TARGET
          + " HTTP/1.1\r\nHost: r\r\nConnection: close\r\nContent-Length: 4\r\n\r\nlast";

  private static ReferenceParsers references;
  private static RawServer container;
  private static GatewayFixture rig;

  @BeforeAll
  static void start() throws Exception {
    references = ReferenceParsers.start();
    container =
        RawServer.plain(
            c -> {
              Message request = c.readRequest();
              while (request != null) {
                c.write(GatewayFixture.ok("POST " + TARGET + " " + request.body().length()));
                request = c.readRequest();
              }
            });
    rig = GatewayFixture.over(container);
  }

  @AfterAll
  static void stop() throws IOException {
    rig.close();
    container.close();
    references.close();
  }

  /**
   * What a server understood of the bytes on one connection.
   *
   * @param requests each as METHOD TARGET LENGTH, or ? if that cannot be known
   */
  private record Understood(List<String> requests) {

    static final String UNTOLD = "?";

    /** A head was answered and its body never understood, unless something came after it. */
    static Understood of(List<String> requests) {
      while (!requests.isEmpty() && requests.getLast().equals(UNTOLD)) {
        requests.removeLast();
      }
      return new Understood(requests);
    }

    int count() {
      return requests.size();
    }
  }

  private static Understood ask(int port, String request, int quietMillis) throws IOException {
    List<String> requests = new ArrayList<>();
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        var connection = new RawConnection(socket, new ArrayList<>())) {
      connection.write(request + LAST);
      socket.setSoTimeout(quietMillis);
      Message answer = connection.readResponse();
      while (!refused(answer)) {
        requests.add(answer.status() == 200 ? answer.body() : Understood.UNTOLD);
        answer = connection.readResponse();
      }
    } catch (SocketTimeoutException waitsForMore) {
      return Understood.of(requests);
    } catch (IOException closed) {
      return Understood.of(requests);
    }
    return Understood.of(requests);
  }

  /** As a request that is not HTTP, not as one that is not welcome. */
  private static boolean refused(Message answer) {
    return switch (answer.status()) {
      case 400 -> !answer.headers().isEmpty() && !unwelcome(answer);
      case 408, 413, 414, 417, 421, 422, 431, 501, 502, 503, 505 -> true;
      default -> false;
    };
  }

  private static boolean unwelcome(Message answer) {
    return answer.header("x-amzn-errortype") != null && !answer.body().contains("malformed");
  }

  /** What is wrong with the router's understanding; null if nothing is. */
  private static String fault(String request, int quietMillis) throws IOException {
    Understood router = ask(rig.port(), request, quietMillis);
    Understood node = ask(references.ports().get(0), request, quietMillis);
    Understood haproxy = ask(references.ports().get(1), request, quietMillis);
    int most = Math.max(node.count(), haproxy.count());
    if (router.count() > most) {
      return told(request, router, node, haproxy);
    }
    int common = Math.min(router.count(), Math.min(node.count(), haproxy.count()));
    for (int i = 0; i < common; i++) {
      String here = router.requests().get(i);
      String there = lastOf(node.requests().get(i));
      boolean agreed = there.equals(lastOf(haproxy.requests().get(i)));
      if (agreed && !here.equals(Understood.UNTOLD) && !lastOf(here).equals(there)) {
        return told(request, router, node, haproxy);
      }
    }
    return null;
  }

  /** The target by its path: proxies may rewrite an absolute one. */
  private static String lastOf(String understood) {
    return understood.replaceFirst(" https?://[^/ ]*", " ");
  }

  private static String told(String request, Understood... understood) {
    return "\"%s\" router=%s node=%s haproxy=%s"
        .formatted(
            ReferenceParsers.shown(request),
            understood[0].requests(),
            understood[1].requests(),
            understood[2].requests());
  }

  @Test
  void theRouterIsNoMoreLenientThanBothAndReadsNothingOtherwise() throws Exception {
    NearlyValid requests = new NearlyValid(SEED);
    List<String> cases = IntStream.range(0, CASES).mapToObj(i -> requests.next()).toList();
    List<String> faults = new ArrayList<>();
    try (ExecutorService clients = Executors.newFixedThreadPool(AT_A_TIME)) {
      List<Future<String>> results = new ArrayList<>();
      for (String request : cases) {
        results.add(clients.submit(() -> fault(request, QUIET_MILLIS)));
      }
      for (int i = 0; i < CASES; i++) {
        // A machine that was busy may have kept one of them from answering in time.
        String fault = results.get(i).get() == null ? null : fault(cases.get(i), LONG_QUIET_MILLIS);
        if (fault != null) {
          faults.add(fault);
        }
      }
    }
    assertThat(faults).as("differences with -Ddifferential.seed=" + SEED).isEmpty();
  }

  /** Otherwise nothing would have been compared. */
  @Test
  void allThreeUnderstandWhatIsValid() throws IOException {
    String valid = "POST " + TARGET + " HTTP/1.1\r\nHost: r\r\nContent-Length: 2\r\n\r\nhi";
    List<String> expected = List.of("POST " + TARGET + " 2", "POST " + TARGET + " 4");
    assertThat(ask(rig.port(), valid, LONG_QUIET_MILLIS).requests()).isEqualTo(expected);
    for (int port : references.ports()) {
      assertThat(ask(port, valid, LONG_QUIET_MILLIS).requests()).isEqualTo(expected);
    }
  }
}
