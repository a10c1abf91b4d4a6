package io.sessionrouter.gateway;

import io.quarkus.runtime.configuration.MemorySize;
import io.sessionrouter.config.Keys;
import io.sessionrouter.config.Problems;
import java.math.BigInteger;

/** Checks what users configure of the data port. */
public final class DataPortSettingsReader {
  private static final String KEY = Keys.ROOT + ".http";
  private static final BigInteger LEAST_MEMORY = BigInteger.valueOf(1 << 20);
  private static final int HEAP_SHARE = 2;
  private static final int MAX_PORT = 65535;

  private DataPortSettingsReader() {}

  /** The settings, with a value that works in place of each that is noted as a problem. */
  public static DataPortSettings read(DataPortConfig config, Problems problems) {
    DataPortConfig.Http http = config.http();
    problems.expect(!http.host().isBlank(), KEY + ".host", http.host(), "an address");
    problems.expect(
        http.port() >= 0 && http.port() <= MAX_PORT, KEY + ".port", http.port(), "0 to 65535");
    return new DataPortSettings(
        http.host().strip(),
        http.port(),
        problems.positive(KEY + ".max-connections", http.maxConnections()),
        http.maxConnectionsPerAddress()
            .map(max -> problems.positive(KEY + ".max-connections-per-address", max))
            .orElse(null),
        memory(http, problems),
        problems.positive(KEY + ".head-timeout", http.headTimeout()),
        problems.positive(KEY + ".body-timeout", http.bodyTimeout()),
        problems.positive(KEY + ".idle-timeout", http.idleTimeout()));
  }

  private static long memory(DataPortConfig.Http http, Problems problems) {
    BigInteger bytes =
        http.memory()
            .map(MemorySize::asBigInteger)
            .orElseGet(() -> BigInteger.valueOf(Runtime.getRuntime().maxMemory() / HEAP_SHARE));
    boolean fine = bytes.compareTo(LEAST_MEMORY) >= 0 && bytes.bitLength() < Long.SIZE;
    problems.expect(fine, KEY + ".memory", bytes, "1M or more, such as 64M");
    return fine ? bytes.longValue() : LEAST_MEMORY.longValue();
  }
}
