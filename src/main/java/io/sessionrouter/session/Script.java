package io.sessionrouter.session;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What Redis does in one step. Each script touches one key, so that it runs on a Redis Cluster, and
 * tells the other replicas in the same step if it changed a record.
 *
 * <p>Time is always an argument, never Redis' own: sessions end by the clock that every replica
 * reads on every request, and there must not be two.
 */
enum Script {
  /**
   * KEYS: record. ARGV: expected text, new text. Replaces the very text expected and keeps the
   * key's expiry. Returns {1}, or {0, text found}.
   */
  REFRESH(
      """
      local v = redis.call('GET', KEYS[1])
      if v ~= ARGV[1] then return {0, v} end
      redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
      return {1}
      """),

  /**
   * KEYS: record. ARGV: expected text, tombstone, its end, channel, news. Ends the record if it has
   * the very text expected. Returns 1 or 0.
   */
  EXPIRE(
      """
      if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
      redis.call('SET', KEYS[1], ARGV[2], 'PXAT', ARGV[3])
      redis.call('PUBLISH', ARGV[4], ARGV[5])
      return 1
      """),

  /**
   * KEYS: record. ARGV: identity, tombstone, its end, channel, news. Ends the record if it is of
   * that session, however often it was refreshed, or if there is none: a claim that is still under
   * way finds the tombstone then. Returns 1 or 0.
   */
  END(
      """
      local v = redis.call('GET', KEYS[1])
      if v then
        local bar = string.find(v, '|', 3, true)
        if not bar or string.sub(v, bar) ~= ARGV[1] then return 0 end
      end
      redis.call('SET', KEYS[1], ARGV[2], 'PXAT', ARGV[3])
      redis.call('PUBLISH', ARGV[4], ARGV[5])
      return 1
      """),

  /**
   * KEYS: index. ARGV: deadline, member, life. Adds the member; the index lives at least as long.
   */
  ADD(
      """
      redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
      if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[3]) then
        redis.call('PEXPIRE', KEYS[1], ARGV[3])
      end
      return 1
      """),

  /**
   * KEYS: index. ARGV: deadline, member, life, now, max. As ADD, if fewer than max members live.
   * Returns 1 or 0.
   */
  RESERVE(
      """
      if redis.call('ZCOUNT', KEYS[1], '(' .. ARGV[4], '+inf') >= tonumber(ARGV[5]) then return 0 end
      redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
      if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[3]) then
        redis.call('PEXPIRE', KEYS[1], ARGV[3])
      end
      return 1
      """),

  /**
   * KEYS: mark. ARGV: begin of own marks, new text, life. Sets the mark if there is none or an own
   * one. Returns the one of others, or an empty text.
   */
  MARK(
      """
      local v = redis.call('GET', KEYS[1])
      if v and string.sub(v, 1, #ARGV[1]) ~= ARGV[1] then return v end
      redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
      return ''
      """),

  /** KEYS: mark. ARGV: begin of own marks. Removes an own mark. Returns 1 or 0. */
  UNMARK(
      """
      local v = redis.call('GET', KEYS[1])
      if not v or string.sub(v, 1, #ARGV[1]) ~= ARGV[1] then return 0 end
      return redis.call('DEL', KEYS[1])
      """);

  private final String text;
  private final String digest;

  Script(String text) {
    this.text = text;
    this.digest = sha1(text);
  }

  String text() {
    return text;
  }

  /** What Redis calls the script by once it has seen it. */
  String digest() {
    return digest;
  }

  private static String sha1(String text) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      return HexFormat.of().formatHex(sha1.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }
}
