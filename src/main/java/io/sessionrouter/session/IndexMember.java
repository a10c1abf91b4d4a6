package io.sessionrouter.session;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How sessions and slots are named in an instance's index.
 *
 * <p>A session is named by its id. An id that is a UUID, as most are, is shortened to its 128 bits:
 * {@code ~} and 22 characters. A slot taken for a session to come begins with {@code !}. Ids begin
 * with a letter or a digit, so neither can be taken for an id.
 */
final class IndexMember {
  private static final char SHORT = '~';
  private static final char SLOT = '!';
  private static final int UUID_LENGTH = 36;
  private static final int UUID_BYTES = 16;

  private IndexMember() {}

  static String ofSession(String id) {
    UUID uuid = uuid(id);
    return uuid == null ? id : SHORT + encoded(uuid);
  }

  static String ofSlot(String token) {
    return SLOT + token;
  }

  static boolean isSlot(String member) {
    return !member.isEmpty() && member.charAt(0) == SLOT;
  }

  /** The session's id; for a member that is no shortened id, the member itself. */
  static String id(String member) {
    if (member.isEmpty() || member.charAt(0) != SHORT) {
      return member;
    }
    try {
      byte[] bits = Base64.getUrlDecoder().decode(member.substring(1));
      return bits.length == UUID_BYTES ? decoded(bits) : member;
    } catch (IllegalArgumentException notBase64) {
      return member;
    }
  }

  /** Only the form that {@link UUID#toString} returns unchanged. */
  private static @Nullable UUID uuid(String id) {
    if (id.length() != UUID_LENGTH) {
      return null;
    }
    try {
      UUID uuid = UUID.fromString(id);
      return uuid.toString().equals(id) ? uuid : null;
    } catch (IllegalArgumentException notUuid) {
      return null;
    }
  }

  private static String encoded(UUID uuid) {
    ByteBuffer bits = ByteBuffer.allocate(UUID_BYTES);
    bits.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bits.array());
  }

  private static String decoded(byte[] bits) {
    ByteBuffer buffer = ByteBuffer.wrap(bits);
    return new UUID(buffer.getLong(), buffer.getLong()).toString();
  }
}
