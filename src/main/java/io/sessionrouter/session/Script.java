package io.sessionrouter.session;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What Redis does in one step. Each script touches one key, so that it runs on a Redis Cluster, and
 * notifies the other replicas in the same step if it changed a record.
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
   * KEYS: index. ARGV: now, until, most, life. Claims the members whose time is over and which
   * nobody claims: they stand at the negative of the moment at which the claim ends. The index
   * lives at least as long as given. Returns the members.
   */
  CLAIM(
      """
      local due = redis.call(
        'ZRANGEBYSCORE', KEYS[1], '-' .. ARGV[1], ARGV[1], 'LIMIT', '0', ARGV[3])
      for _, member in ipairs(due) do
        redis.call('ZADD', KEYS[1], '-' .. ARGV[2], member)
      end
      if #due > 0 and redis.call('PTTL', KEYS[1]) < tonumber(ARGV[4]) then
        redis.call('PEXPIRE', KEYS[1], ARGV[4])
      end
      return due
      """),

  /** KEYS: index. ARGV: now. Returns {living members, members to claim, all members}. */
  LOOK(
      """
      return {
        redis.call('ZCOUNT', KEYS[1], '(' .. ARGV[1], '+inf'),
        redis.call('ZCOUNT', KEYS[1], '-' .. ARGV[1], ARGV[1]),
        redis.call('ZCARD', KEYS[1])
      }
      """),

  /**
   * KEYS: index. ARGV: score, member, most. Returns the members that follow the given one in the
   * order of the index, each with its score, whether the given one is still there or not. The time
   * it takes does not depend on how many members have that score.
   */
  AFTER(
      """
      local score, member = ARGV[1], ARGV[2]
      local function follows(other)
        for i = 1, math.min(#other, #member) do
          local a, b = string.byte(other, i), string.byte(member, i)
          if a ~= b then return a > b end
        end
        return #other > #member
      end
      local low = redis.call('ZCOUNT', KEYS[1], '-inf', '(' .. score)
      local high = low + redis.call('ZCOUNT', KEYS[1], score, score)
      while low < high do
        local middle = math.floor((low + high) / 2)
        if follows(redis.call('ZRANGE', KEYS[1], middle, middle)[1]) then
          high = middle
        else
          low = middle + 1
        end
      end
      return redis.call('ZRANGE', KEYS[1], low, low + ARGV[3] - 1, 'WITHSCORES')
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
