package io.sessionrouter.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IndexMemberTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "session-1",
        "x",
        "123e4567-e89b-12d3-a456-426614174000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "00000000-0000-0000-0000-000000000000",
        "123E4567-E89B-12D3-A456-426614174000",
        "123e4567-e89b-12d3-a456-42661417400g",
        "1-1-1-1-1",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      })
  void everyIdComesBackAsItWas(String id) {
    assertThat(IndexMember.id(IndexMember.ofSession(id))).isEqualTo(id);
  }

  @Test
  void uuidsAreShortened() {
    assertThat(IndexMember.ofSession(UUID.randomUUID().toString())).hasSize(23).startsWith("~");
  }

  @Test
  void slotsAreNoSessions() {
    assertThat(IndexMember.isSlot(IndexMember.ofSlot("x"))).isTrue();
    assertThat(IndexMember.isSlot(IndexMember.ofSession("x"))).isFalse();
    assertThat(IndexMember.isSlot("")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "~", "~??", "~AAAA"})
  void whatIsNoShortenedIdStandsForItself(String member) {
    assertThat(IndexMember.id(member)).isEqualTo(member);
  }
}
