package io.sessionrouter.auth;

import io.sessionrouter.auth.signature.AccessKey;
import io.sessionrouter.config.Problems;
import io.sessionrouter.domain.Principal;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * The file of principals, which is read as a whole or not at all: whoever is not known may do
 * nothing, so a fault must not make that of anybody without being seen.
 */
public final class PrincipalsFile {
  private static final Pattern NAME = Pattern.compile("[\\w+=,.@-]{1,64}");
  private static final Pattern KEY_ID = Pattern.compile("\\w{3,128}");
  private static final Pattern SECRET = Pattern.compile("[!-~]{8,256}");
  private static final Pattern TOKEN = Pattern.compile("[!-~]{1,4096}");
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern ACTION = Pattern.compile("\\*|[a-z*-]{1,64}:[A-Za-z*]{1,128}");
  private static final Pattern ENDPOINT = Pattern.compile("[A-Za-z0-9*-]{1,63}");

  /** Of some ten thousand principals. */
  private static final int MAX_BYTES = 16 << 20;

  private final Problems problems;

  /** Where each thing was found that may be there only once. */
  private final Map<String, String> places = new HashMap<>();

  private PrincipalsFile(Problems problems) {
    this.problems = problems;
  }

  /**
   * Reads the file's text.
   *
   * @throws io.quarkus.runtime.configuration.ConfigurationException naming all that is wrong
   */
  public static Principals parse(String text) {
    Problems problems = new Problems();
    Principals principals = read(text, problems);
    problems.throwIfAny();
    return principals;
  }

  /**
   * Reads a file.
   *
   * @param problems that it has, each with its name
   * @return what is of use only if it has none
   */
  static Principals load(Path file, Problems problems) {
    Problems own = new Problems();
    Principals principals = Principals.NONE;
    try {
      long size = Files.size(file);
      own.expect(size <= MAX_BYTES, "its size", size, "at most " + MAX_BYTES + " bytes");
      principals = size > MAX_BYTES ? Principals.NONE : read(Files.readString(file), own);
    } catch (NoSuchFileException e) {
      own.add("not there (expected: the file of principals)");
    } catch (CharacterCodingException e) {
      own.add("not UTF-8 (expected: JSON in UTF-8)");
    } catch (IOException e) {
      own.add("cannot be read: " + e.getClass().getSimpleName());
    }
    own.lines().forEach(line -> problems.add(file + ": " + line));
    return principals;
  }

  /**
   * Reads the file's text.
   *
   * @param problems that it has
   * @return what is of use only if it has none
   */
  static Principals read(String text, Problems problems) {
    return new Principals(new PrincipalsFile(problems).all(StrictJson.document(text, problems)));
  }

  private List<KnownPrincipal> all(StrictJson document) {
    List<KnownPrincipal> all = new ArrayList<>();
    for (StrictJson principal : document.objects("principals", true)) {
      all.add(principal(principal));
      principal.requireNothingElse();
    }
    document.requireNothingElse();
    return all;
  }

  private KnownPrincipal principal(StrictJson json) {
    String name = json.text("name", fits(NAME), "1 to 64 letters, digits or characters of _+=,.@-");
    unique("name " + name, name, json.path("name"));
    return new KnownPrincipal(
        new Caller(new Principal(name), grants(json), quotas(json)),
        accessKeys(json),
        bearerKeys(json),
        subjects(json));
  }

  private List<AccessKey> accessKeys(StrictJson principal) {
    List<AccessKey> keys = new ArrayList<>();
    for (StrictJson json : principal.objects("accessKeys", false)) {
      String id = json.text("id", fits(KEY_ID), "3 to 128 letters, digits or _");
      unique("access key " + id, id, json.path("id"));
      keys.add(
          new AccessKey(
              id,
              json.text("secret", fits(SECRET), "8 to 256 visible ASCII characters"),
              json.optionalText("sessionToken", fits(TOKEN), "visible ASCII characters"),
              json.optionalInstant("expires")));
      json.requireNothingElse();
    }
    return keys;
  }

  private List<BearerKey> bearerKeys(StrictJson principal) {
    List<BearerKey> keys = new ArrayList<>();
    for (StrictJson json : principal.objects("bearerKeys", false)) {
      String hash =
          json.text("sha256", fits(HASH), "the key's SHA-256 in 64 lower-case hexadecimal digits");
      unique("bearer key " + hash, hash, json.path("sha256"));
      keys.add(new BearerKey(hash, json.optionalInstant("expires")));
      json.requireNothingElse();
    }
    return keys;
  }

  private List<X500Principal> subjects(StrictJson principal) {
    List<X500Principal> subjects = new ArrayList<>();
    String expected = "a distinguished name such as CN=notebook,O=Example";
    for (String text :
        principal.texts("certificateSubjects", false, t -> subject(t) != null, expected)) {
      X500Principal subject = Objects.requireNonNull(subject(text));
      String canonical = subject.getName(X500Principal.CANONICAL);
      unique("certificate " + canonical, canonical, principal.path("certificateSubjects"));
      subjects.add(subject);
    }
    return subjects;
  }

  private static @Nullable X500Principal subject(String text) {
    try {
      return text.isBlank() ? null : new X500Principal(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private List<Grant> grants(StrictJson principal) {
    List<Grant> grants = new ArrayList<>();
    for (StrictJson json : principal.objects("allow", false)) {
      String expected = "*, or a service and an action such as sagemaker:Invoke*";
      List<NamePattern> actions =
          json.texts("actions", true, fits(ACTION), expected).stream()
              .map(NamePattern::new)
              .toList();
      grants.add(new Grant(actions, endpoints(json)));
      json.requireNothingElse();
    }
    return grants;
  }

  private static List<NamePattern> endpoints(StrictJson json) {
    String expected = "letters, digits, hyphens and *, at most 63 characters";
    return json.texts("endpoints", true, fits(ENDPOINT), expected).stream()
        .map(NamePattern::new)
        .toList();
  }

  private List<QuotaRule> quotas(StrictJson principal) {
    List<QuotaRule> rules = new ArrayList<>();
    for (StrictJson json : principal.objects("quotas", false)) {
      Long burst = json.optionalCount("burst", Integer.MAX_VALUE);
      Long inFlight = json.optionalCount("requestsInFlight", Integer.MAX_VALUE);
      Quota quota =
          new Quota(
              json.optionalNumber("requestsPerSecond"),
              burst == null ? null : Integer.valueOf(burst.intValue()),
              inFlight == null ? null : Integer.valueOf(inFlight.intValue()),
              json.optionalCount("sessions", Long.MAX_VALUE),
              json.optionalCount("bytesPerSecond", Long.MAX_VALUE));
      problems.expect(
          quota.burst() == null || quota.requestsPerSecond() != null,
          json.path("burst"),
          "a number",
          "nothing, as there is no requestsPerSecond");
      rules.add(new QuotaRule(endpoints(json), quota));
      json.requireNothingElse();
    }
    return rules;
  }

  private static Predicate<String> fits(Pattern pattern) {
    return text -> pattern.matcher(text).matches();
  }

  /** What is empty was noted before. */
  private void unique(String thing, String value, String place) {
    String other = value.isEmpty() ? null : places.putIfAbsent(thing, place);
    problems.expect(
        other == null, place, "the same as " + other, "what no other principal or key has");
  }
}
