package io.sessionrouter.container.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What an answer says about the container that gave it. */
class IdentityTest {
  @Test
  void everyAnswerTellsTheNameThatWasConfigured() throws IOException {
    try (var container = TestContainer.serving(TestContainer.LLAMA, "model.instance-name", "a-1");
        var client = new StreamClient(container.port())) {
      client.send("", "{\"inputs\":\"hi\",\"stream\":true}").head();
      client.chunks();

      assertThat(client.header(Identity.ATTRIBUTES)).as("streamed").isEqualTo("instance=a-1");
      assertThat(container.open("hi").header(Identity.ATTRIBUTES)).isEqualTo("instance=a-1");
      assertThat(container.invoke("", "no json").header(Identity.ATTRIBUTES))
          .as("refused")
          .isEqualTo("instance=a-1");
    }
  }

  @Test
  void nothingIsToldWithoutAName() {
    try (var container = TestContainer.serving(TestContainer.LLAMA)) {
      var reply = container.open("hi");

      assertThat(reply.status()).isEqualTo(200);
      assertThat(reply.header(Identity.ATTRIBUTES)).isEmpty();
    }
  }
}
