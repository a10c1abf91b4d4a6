package io.sessionrouter.container.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.container.config.DeviceChoice;
import io.sessionrouter.container.model.ModelFolder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TorchModelTest {
  @Test
  void loads() {
    try (var model = TorchModel.load(ModelFolder.open(Path.of("models/facts")), DeviceChoice.CPU, 1)) {
      assertThat(model.device()).isEqualTo("cpu");
    }
  }
}
