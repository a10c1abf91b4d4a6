package io.sessionrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionLookup.Missing;
import io.sessionrouter.session.EndedSession.Facts;
import io.sessionrouter.session.Stored.Live;
import io.sessionrouter.session.Stored.Tombstone;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordCodecTest {
  private static final long CREATED = 1_790_000_000_000L;

  private final RecordCodec codec = new RecordCodec(String::intern);

  @Test
  void aSessionsTextIsShortAndReadable() {
    Session session = TestSessions.session("s", "10.0.12.34:8080", CREATED, CREATED + 1_200_000);

    assertThat(RecordCodec.encode(session.usedAt(CREATED + 36)))
        .isEqualTo("1|10|mubbs7i8|ppxc|10.0.12.34:8080|0123456789abcdef|main");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "plain", "a|b", "100%", "%7c", "||", "tab\tline\n", "Zoë", "日本", "\u0000"})
  void everyFieldComesBackAsItWas(String text) {
    Session session =
        new Session("id", text, text, text, text, text, CREATED, CREATED + 1, CREATED - 1);

    assertThat(codec.decode("id", RecordCodec.encode(session))).isEqualTo(new Live(session));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void emptyFieldsAreToldApart(int filled) {
    String[] fields = {"", "", "", "", "", ""};
    fields[filled] = "x";
    Session session =
        new Session(
            "id", fields[0], fields[1], fields[2], fields[3], fields[4], CREATED, CREATED, CREATED);

    assertThat(codec.decode("id", RecordCodec.encode(session))).isEqualTo(new Live(session));
  }

  @ParameterizedTest
  @EnumSource(names = "UNKNOWN", mode = EnumSource.Mode.EXCLUDE)
  void tombstonesComeBackAsTheyWere(Missing why) {
    Tombstone tombstone = new Tombstone(why, CREATED, null);

    assertThat(codec.decode("id", TombstoneCodec.encode(tombstone))).isEqualTo(tombstone);
  }

  @ParameterizedTest
  @EnumSource
  void tombstonesKeepWhatPeopleAsk(Ending ending) {
    Facts facts = new Facts(ending, CREATED + 90, CREATED, CREATED + 36, "i|1", "main", "m%", "o|");
    Tombstone tombstone = new Tombstone(ending.why(), CREATED + 100, facts);

    assertThat(codec.decode("id", TombstoneCodec.encode(tombstone))).isEqualTo(tombstone);
  }

  @Test
  void aTombstonesTextIsShort() {
    Facts facts =
        new Facts(
            Ending.LOST_GONE,
            CREATED + 90,
            CREATED,
            CREATED + 36,
            "10.0.12.34:8080",
            "main",
            "",
            "");

    assertThat(TombstoneCodec.encode(new Tombstone(Missing.LOST, CREATED + 100, facts)))
        .isEqualTo("2|g|mubbs7l0|2i|mubbs7i8|10|10.0.12.34:8080|main");
  }

  @Test
  void theIdentityIsTheTextAfterTheUse() {
    Session session = TestSessions.session("s", "i", CREATED, CREATED + 10);

    assertThat(RecordCodec.encode(session)).isEqualTo("1|0" + RecordCodec.identity(session));
    assertThat(RecordCodec.identity(session.usedAt(CREATED + 5)))
        .isEqualTo(RecordCodec.identity(session));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "1|",
        "2|0|mub3nb40|ppxc|i",
        "2|g|mubbs7kg|2i|mubbs7i8",
        "2|x|mubbs7kg|2i|mubbs7i8|10|i",
        "2|g|mubbs7kg|2i|mubbs7i8|10|i||",
        "2|g|mubbs7kg|2i|mubbs7i8|10|i|v|m|o|more",
        "3|g|mubbs7kg|2i|mubbs7i8|10|i",
        "11|0|mub3nb40|ppxc|i",
        "garbage",
        "1|0",
        "1|0|mub3nb40",
        "1|open|mub3nb40",
        "1|closed|",
        "1|closed|!",
        "1|closed|-",
        "1|closed|MUB3NB40",
        "1|closed|0mub3nb40",
        "1|closed|+mub3nb40",
        "1|closed|zzzzzzzzzzzzzzzz",
        "1||mub3nb40|ppxc|i",
        "1|0|mub3nb40|ppxc|i|",
        "1|0|mub3nb40|ppxc|",
        "1|0|mub3nb40|PPXC|i",
        "1|0|1y2p0ij32e8e7|1y2p0ij32e8e7|i",
        "1|0|mub3nb40|ppxc|i|e|v|m|o|more",
        "1|0|mub3nb40|ppxc|i%",
        "1|0|mub3nb40|ppxc|i%7",
        "1|0|mub3nb40|ppxc|i%zz",
        "1|0|mub3nb40|ppxc|i%7C",
        "1|0|mub3nb40|ppxc|i%41",
        "1|0|mub3nb40|ppxc|new\nline",
        "{\"instance\":\"i\"}"
      })
  void anyOtherTextIsRefused(String text) {
    assertThatThrownBy(() -> codec.decode("id", text)).isInstanceOf(UnreadableRecord.class);
  }

  @Test
  void theLeastTextIsNotRefused() {
    assertThat(codec.decode("id", "1|0|mub3nb40|ppxc|i")).isInstanceOf(Live.class);
    assertThat(codec.decode("id", "1|closed|mub3nb40")).isInstanceOf(Tombstone.class);
    assertThat(codec.decode("id", "2|c|mubbs7kg|2i|mubbs7i8|10")).isInstanceOf(Tombstone.class);
  }

  @Test
  void textBeyondAllMeasureIsRefused() {
    assertThatThrownBy(() -> codec.decode("id", "1|" + "x".repeat(20_000)))
        .isInstanceOf(UnreadableRecord.class)
        .hasMessage("longer than 16384 characters");
  }

  @Test
  void damageIsNeverTakenForSomethingElse() {
    Random random = new Random(7);
    String text = RecordCodec.encode(TestSessions.session("s", "i:1", CREATED, CREATED + 99));
    for (int i = 0; i < 20_000; i++) {
      String damaged = damaged(text, random);
      try {
        Stored read = codec.decode("s", damaged);
        String again =
            switch (read) {
              case Live live -> RecordCodec.encode(live.session());
              case Tombstone tombstone -> TombstoneCodec.encode(tombstone);
            };
        assertThat(again).isEqualTo(damaged);
      } catch (UnreadableRecord refused) {
        assertThat(refused).hasMessageNotContaining(damaged);
      }
    }
  }

  @Test
  void equalStringsBecomeOneObject() {
    String text = RecordCodec.encode(TestSessions.session("s", "i:1", CREATED, CREATED + 99));
    Live one = (Live) codec.decode("a", text);
    Live other = (Live) codec.decode("b", text);

    assertThat(one.session().instance()).isSameAs(other.session().instance());
    assertThat(one.session().bootId()).isSameAs(other.session().bootId());
    assertThat(one.session().variant()).isSameAs(other.session().variant());
  }

  private static String damaged(String text, Random random) {
    StringBuilder damaged = new StringBuilder(text);
    int at = random.nextInt(text.length());
    switch (random.nextInt(3)) {
      case 0 -> damaged.setCharAt(at, (char) random.nextInt(128));
      case 1 -> damaged.deleteCharAt(at);
      default -> damaged.insert(at, (char) random.nextInt(128));
    }
    return damaged.toString();
  }
}
