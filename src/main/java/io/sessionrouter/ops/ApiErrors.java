package io.sessionrouter.ops;

import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** The one place that writes the management API's errors. */
@Provider
public final class ApiErrors implements ExceptionMapper<Throwable> {
  /** Name of the answer in the API's description. */
  static final String DOCUMENTED = ApiError.NAME;

  private static final Logger LOG = Logger.getLogger(ApiErrors.class);

  @Override
  public Response toResponse(Throwable failure) {
    return switch (failure) {
      case ApiFailure own -> json(Response.status(own.status()), own.error());
      case RouterException ofRoom -> ofRoom(ofRoom);
      case WebApplicationException ofProtocol -> ofProtocol(ofProtocol.getResponse());
      default -> unexpected(failure);
    };
  }

  /** What the rooms say; their status and text are meant for clients. */
  private static Response ofRoom(RouterException failure) {
    Response.ResponseBuilder answer = Response.status(failure.kind().status());
    if (failure.kind().retry() == FailureKind.Retry.AFTER_A_SECOND) {
      answer.header(HttpHeaders.RETRY_AFTER, 1);
    }
    return json(answer, new ApiError(word(failure.kind()), failure.text()));
  }

  /** What the REST layer itself refuses: unknown paths, methods, media types. */
  private static Response ofProtocol(Response refused) {
    String reason = refused.getStatusInfo().getReasonPhrase();
    return json(
        Response.fromResponse(refused), new ApiError(reason.replace(" ", ""), reason + "."));
  }

  private static Response unexpected(Throwable failure) {
    LOG.error("management request failed", failure);
    return json(
        Response.status(Status.INTERNAL_SERVER_ERROR),
        new ApiError("InternalFailure", "The router failed; its log says why."));
  }

  private static Response json(Response.ResponseBuilder answer, ApiError error) {
    return answer.type(MediaType.APPLICATION_JSON_TYPE).entity(error).build();
  }

  /** {@code STORE_UNAVAILABLE} is {@code StoreUnavailable}. */
  static String word(FailureKind kind) {
    return Arrays.stream(kind.name().split("_"))
        .map(part -> part.charAt(0) + part.substring(1).toLowerCase(Locale.ROOT))
        .collect(Collectors.joining());
  }
}
