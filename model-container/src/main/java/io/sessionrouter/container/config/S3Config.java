package io.sessionrouter.container.config;

import java.net.URI;
import java.util.Optional;

/**
 * What a person sets about {@code s3://} artifacts; credentials come from the AWS default chain.
 */
public interface S3Config {
  /** The server, for one that is not AWS, as {@code http://minio:9000}. */
  Optional<URI> endpoint();

  /** The region; else the AWS default chain's, else {@code us-east-1}. */
  Optional<String> region();

  /** Whether the bucket stands in the path, not in the host name; true if an endpoint is set. */
  Optional<Boolean> pathStyle();
}
