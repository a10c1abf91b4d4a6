package io.sessionrouter.container.engine;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.sessionrouter.container.generation.DeviceMemoryException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceMemoryTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CUDA out of memory. Tried to allocate 20.00 MiB",
        "DefaultCPUAllocator: can't allocate memory: you tried to allocate 80 bytes."
      })
  void anAllocationThatFailedIsTold(String words) {
    assertThatExceptionOfType(DeviceMemoryException.class)
        .isThrownBy(() -> DeviceMemory.needed(() -> fail(words)))
        .withMessage("the device has no memory left");
  }

  @Test
  void otherFailuresStayWhatTheyAre() {
    assertThatIllegalStateException()
        .isThrownBy(() -> DeviceMemory.needed(() -> fail("shapes do not match")))
        .withMessage("shapes do not match");
  }

  private static Object fail(String words) {
    throw new IllegalStateException(words);
  }
}
