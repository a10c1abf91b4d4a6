package io.sessionrouter.container.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ModelMemoryTest {
  private final ModelMemory memory = new ModelMemory(100, 2);

  @Test
  void whatIsReservedIsCountedUntilItIsReturnedOnce() {
    ModelMemory.Share share = memory.reserve(40);
    share.grow(30);
    assertThat(memory.used()).isEqualTo(70);

    share.close();
    share.close();

    assertThat(memory.used()).isZero();
  }

  @Test
  void whatDoesNotFitNowMayFitLater() {
    ModelMemory.Share first = memory.reserve(60);
    assertFault(() -> memory.reserve(41), Fault.OUT_OF_MODEL_MEMORY);
    assertThat(memory.used()).as("nothing of the refused one").isEqualTo(60);

    first.close();

    assertThat(memory.reserve(41)).isNotNull();
  }

  @Test
  void growingFailsAsReservingDoesAndTakesNothing() {
    memory.reserve(60);
    ModelMemory.Share second = memory.reserve(20);

    assertFault(() -> second.grow(21), Fault.OUT_OF_MODEL_MEMORY);
    assertFault(() -> second.requireRoomFor(21), Fault.OUT_OF_MODEL_MEMORY);
    second.requireRoomFor(20);

    assertThat(memory.used()).isEqualTo(80);
  }

  @Test
  void whatCanNeverFitIsToldApart() {
    ModelMemory.Share share = memory.reserve(60);

    assertFault(() -> memory.reserve(101), Fault.MODEL_TOO_LARGE);
    assertFault(() -> share.grow(41), Fault.MODEL_TOO_LARGE);
  }

  @Test
  void theNumberOfModelsIsBoundedToo() {
    ModelMemory.Share first = memory.reserve(1);
    memory.reserve(1);
    assertFault(() -> memory.reserve(1), Fault.OUT_OF_MODEL_MEMORY);

    first.close();

    assertThat(memory.reserve(1)).isNotNull();
  }

  private static void assertFault(ThrowingCallable call, Fault fault) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            FaultException.class, failed -> assertThat(failed.fault()).isEqualTo(fault));
  }
}
