package io.sessionrouter.ops;

import io.sessionrouter.auth.Action;
import io.sessionrouter.config.ConfigurationState;
import io.sessionrouter.config.RunningConfiguration;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Which configuration is in force, for operators. */
@Path("/v1/configuration")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Configuration")
final class ConfigurationResource {
  private final RunningConfiguration configuration;

  ConfigurationResource(RunningConfiguration configuration) {
    this.configuration = configuration;
  }

  @GET
  @Operation(
      operationId = "getConfiguration",
      summary = "The configuration in force, and why the newest is not if it was refused",
      description =
          "Values as they were written, without secrets. Keys under restartNeeded were changed in"
              + " a file, and come into force when the router starts anew.")
  public ConfigurationState configuration(@Context RoutingContext context) {
    ManagementCaller.of(context).require(Action.READ_CONFIGURATION, null);
    return configuration.state();
  }
}
