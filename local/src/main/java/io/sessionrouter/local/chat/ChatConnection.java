package io.sessionrouter.local.chat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/** A browser's connection, which carries one request. */
final class ChatConnection {
  private static final int HEAD_SILENCE_MILLIS = 10_000;
  private static final int LINGER_MILLIS = 2_000;

  private final Socket browser;
  private final Assets assets;
  private final RouterAccess router;
  private final ManagementLogin login;

  ChatConnection(Socket browser, Assets assets, RouterAccess router, ManagementLogin login) {
    this.browser = browser;
    this.assets = assets;
    this.router = router;
    this.login = login;
  }

  /** Answers, and leaves the connection to be closed. */
  void serve() throws IOException {
    browser.setTcpNoDelay(true);
    browser.setSoTimeout(HEAD_SILENCE_MILLIS);
    InputStream in = new BufferedInputStream(browser.getInputStream());
    try {
      RequestHead head = RequestHead.read(in);
      OwnOrigin.require(head);
      answer(head, in);
    } catch (Refusal refusal) {
      send(Reply.of(refusal), in);
    }
  }

  private void answer(RequestHead head, InputStream in) throws IOException, Refusal {
    if (RouterCall.isMeant(head)) {
      new Passage(browser, in, RouterCall.of(head, router)).run();
    } else if (ManagementLogin.isMeant(head)) {
      send(login.answer(head), in);
    } else {
      send(asset(head), in);
    }
  }

  private Reply asset(RequestHead head) throws Refusal {
    Reply reply = assets.at(head.target());
    if (reply == null) {
      throw Refusal.notFound();
    }
    if (!head.method().equals("GET")) {
      throw Refusal.method("GET");
    }
    return reply;
  }

  /** Reads on for a while: a browser that is still sending would take a reset for a failure. */
  private void send(Reply reply, InputStream in) throws IOException {
    reply.write(browser.getOutputStream());
    browser.shutdownOutput();
    browser.setSoTimeout(LINGER_MILLIS);
    in.transferTo(OutputStream.nullOutputStream());
  }
}
