package io.sessionrouter.domain;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How the router reaches the API server of its Kubernetes cluster.
 *
 * @param url null for the one of the cluster the router runs in
 * @param serviceAccount directory of the files {@code token}, {@code ca.crt} and {@code namespace}
 */
public record KubernetesAccess(@Nullable URI url, Path serviceAccount) {}
