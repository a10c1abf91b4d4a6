package io.sessionrouter.local.chat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.Locale;

/**
 * One call on its way to the router and back: bytes go through as they come, in both directions at
 * the same time, so that neither a body nor an answer is ever collected.
 *
 * <p>The browser's side is read to its end all the while. It ends when the browser leaves; the
 * router's connection is then closed, which ends the work at the container.
 */
final class Passage {
  private static final int CONNECT_MILLIS = 2_000;
  private static final int BODY_SILENCE_MILLIS = 30_000;
  private static final int BUFFER = 8 * 1024;
  private static final int MOST_OF_A_LINE = 1024;
  private static final Duration LINGER = Duration.ofSeconds(2);

  private final Socket browser;
  private final InputStream in;
  private final RouterCall call;
  private final Socket router = new Socket();
  private final long begin = System.nanoTime();

  /**
   * @param in reads from the browser; stands before the body
   */
  Passage(Socket browser, InputStream in, RouterCall call) {
    this.browser = browser;
    this.in = in;
    this.call = call;
  }

  void run() throws IOException, Refusal {
    try (router) {
      connect();
      router.getOutputStream().write(call.head());
      Thread upload = Thread.ofVirtual().name("chat-upload").start(this::upload);
      download();
      browser.shutdownOutput();
      // A browser that is still sending would take a reset for a broken answer.
      upload.join(LINGER);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void connect() throws Refusal {
    try {
      router.setTcpNoDelay(true);
      router.connect(call.router(), CONNECT_MILLIS);
    } catch (IOException e) {
      throw Refusal.noRouter(address());
    }
  }

  private String address() {
    return "%s:%d".formatted(call.router().getHostString(), call.router().getPort());
  }

  private void upload() {
    try (router) {
      browser.setSoTimeout(BODY_SILENCE_MILLIS);
      sendBody();
      browser.setSoTimeout(0);
      awaitEnd();
    } catch (IOException e) {
      // The browser has left, or was too slow: closing the router's connection is all there is to
      // do.
    }
  }

  private void sendBody() throws IOException {
    byte[] buffer = new byte[BUFFER];
    boolean wanted = true;
    for (long rest = call.length(); rest > 0; ) {
      int count = in.read(buffer, 0, (int) Math.min(buffer.length, rest));
      if (count < 0) {
        throw new EOFException("the browser left within its body");
      }
      rest -= count;
      wanted = wanted && sent(buffer, count);
    }
  }

  /** A router that has answered may take no more of the body; its answer still counts. */
  private boolean sent(byte[] buffer, int count) {
    try {
      router.getOutputStream().write(buffer, 0, count);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void awaitEnd() throws IOException {
    byte[] unexpected = new byte[BUFFER];
    while (in.read(unexpected) >= 0) {
      // A connection carries one request: nothing is expected but its end.
    }
  }

  private void download() throws IOException {
    InputStream answer = new BufferedInputStream(router.getInputStream(), BUFFER);
    byte[] statusLine = statusLine(answer);
    OutputStream out = browser.getOutputStream();
    if (statusLine.length == 0) {
      Reply.of(Refusal.noAnswer(address())).write(out);
      return;
    }
    out.write(statusLine);
    answer.transferTo(out);
  }

  /** With what the page wants to know: how long the router and all behind it took to begin. */
  private byte[] statusLine(InputStream answer) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = answer.read();
        next >= 0 && line.size() < MOST_OF_A_LINE;
        next = answer.read()) {
      line.write(next);
      if (next == '\n') {
        line.write(timing().getBytes(ISO_8859_1));
        return line.toByteArray();
      }
    }
    return new byte[0];
  }

  private String timing() {
    double millis = (System.nanoTime() - begin) / 1e6;
    return String.format(Locale.ROOT, "Server-Timing: router;dur=%.1f\r\n", millis);
  }
}
