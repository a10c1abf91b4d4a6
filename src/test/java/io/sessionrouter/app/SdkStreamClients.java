package io.sessionrouter.app;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeAsyncClient;

/** Asynchronous clients of the AWS SDK on threads they share: their own take two seconds to end. */
final class SdkStreamClients implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final SdkEventLoopGroup loops = SdkEventLoopGroup.builder().build();

  SageMakerRuntimeAsyncClient of(String url) {
    return SageMakerRuntimeAsyncClient.builder()
        .endpointOverride(URI.create(url))
        .region(Region.EU_CENTRAL_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("id", "secret")))
        .httpClientBuilder(
            NettyNioAsyncHttpClient.builder().eventLoopGroup(loops).readTimeout(PATIENCE))
        // By default it would send the request again after an error in mid-stream.
        .overrideConfiguration(c -> c.retryStrategy(AwsRetryStrategy.doNotRetry()))
        .build();
  }

  @Override
  public void close() {
    loops.eventLoopGroup().shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
