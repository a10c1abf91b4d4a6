package io.sessionrouter.container.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import io.sessionrouter.container.host.ManagedModel;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * Which part of the list of models a request asks for.
 *
 * <p>A token holds the last name of the page before, not a number of models: so none is skipped or
 * comes twice when others are loaded or unloaded between two pages.
 *
 * @param limit how many models
 * @param after those whose names come after this one
 */
record ModelPage(int limit, String after) {
  private static final int MOST = 1000;
  private static final int USUAL = 100;

  static ModelPage of(RoutingContext context) {
    List<String> limits = context.queryParam("limit");
    List<String> tokens = context.queryParam("next_page_token");
    return new ModelPage(
        limits.isEmpty() ? USUAL : limit(limits.getFirst()),
        tokens.isEmpty() ? "" : name(tokens.getFirst()));
  }

  private static int limit(String text) {
    try {
      int limit = Integer.parseInt(text);
      if (limit >= 1 && limit <= MOST) {
        return limit;
      }
    } catch (NumberFormatException notNumber) {
      throw badLimit();
    }
    throw badLimit();
  }

  private static FaultException badLimit() {
    return Fault.INVALID_REQUEST.because(
        "limit is not valid (expected: an integer from 1 to %d)", MOST);
  }

  private static String name(String token) {
    try {
      return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notToken) {
      throw Fault.INVALID_REQUEST.because(
          "next_page_token is not valid (expected: the nextPageToken of the page before)");
    }
  }

  private static String token(String name) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(name.getBytes(StandardCharsets.UTF_8));
  }

  /** The page out of all models, which are in the order of their names. */
  ObjectNode answer(List<ManagedModel> all) {
    List<ManagedModel> rest =
        all.stream().filter(each -> each.name().compareTo(after) > 0).toList();
    List<ManagedModel> page = rest.subList(0, Math.min(limit, rest.size()));
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    var models = body.putArray("models");
    page.forEach(each -> models.add(ModelAnswers.brief(each)));
    if (page.size() < rest.size()) {
      body.put("nextPageToken", token(page.getLast().name()));
    }
    return body;
  }
}
