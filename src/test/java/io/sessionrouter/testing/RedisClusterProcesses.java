package io.sessionrouter.testing;

import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import redis.clients.jedis.Jedis;

/** A real Redis Cluster of three masters, on loopback and free ports. */
public final class RedisClusterProcesses implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int NODES = 3;
  private static final int SLOTS = 16_384;
  private static final List<String> OPTIONS =
      List.of(
          "--appendonly", "no",
          "--cluster-enabled", "yes",
          "--cluster-config-file", "nodes.conf",
          "--cluster-node-timeout", "5000");

  private final List<RedisProcess> nodes = new ArrayList<>();

  private RedisClusterProcesses() {
    for (int i = 0; i < NODES; i++) {
      nodes.add(RedisProcess.start(OPTIONS));
    }
  }

  /** Returns once every node serves its share of the keys and knows the others. */
  public static RedisClusterProcesses start() {
    RedisClusterProcesses cluster = new RedisClusterProcesses();
    try {
      cluster.form();
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  public List<RedisProcess> nodes() {
    return List.copyOf(nodes);
  }

  /** Options for a client of the cluster. */
  public RedisOptions options() {
    RedisOptions options = new RedisOptions().setType(RedisClientType.CLUSTER);
    nodes.forEach(node -> options.addConnectionString(node.url()));
    return options;
  }

  @Override
  public void close() {
    nodes.forEach(RedisProcess::close);
  }

  private void form() {
    for (int i = 0; i < NODES; i++) {
      try (Jedis node = nodes.get(i).client()) {
        node.clusterAddSlots(IntStream.range(SLOTS * i / NODES, SLOTS * (i + 1) / NODES).toArray());
        node.clusterMeet("127.0.0.1", nodes.getFirst().port());
      }
    }
    Awaitility.await("the cluster forms")
        .atMost(PATIENCE)
        .until(() -> nodes.stream().allMatch(RedisClusterProcesses::isReady));
  }

  private static boolean isReady(RedisProcess process) {
    try (Jedis node = process.client()) {
      String info = node.clusterInfo();
      return info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:" + NODES);
    }
  }
}
