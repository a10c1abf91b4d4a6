package io.sessionrouter.auth.signature;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Requests as a client would sign them, by a second implementation that is plain and slow. */
public final class Signed {
  public static final AccessKey KEY = new AccessKey("AKIDROUTER", "Zm9v+/secret/KEY==", null, null);
  public static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");
  public static final String REGION = "eu-central-1";

  private final Map<String, String> headers = new TreeMap<>();
  private String target = "/endpoints/chat/invocations";
  private String canonicalPath = target;
  private String canonicalQuery = "";
  private String secret = KEY.secret();
  private String body = "";

  public Signed() {
    headers.put("host", "router:8080");
    headers.put("x-amz-date", "20261127T120000Z");
  }

  static SignatureV4 verifier() {
    return verifier(InstantSource.fixed(NOW));
  }

  static SignatureV4 verifier(InstantSource clock) {
    return new SignatureV4(
        new SigningScope(REGION, Set.of("sagemaker")), CanonicalForm.STANDARD, clock);
  }

  static AccessKeys keys(AccessKey... keys) {
    return id -> {
      for (AccessKey key : keys) {
        if (key.id().equals(id)) {
          return key;
        }
      }
      return null;
    };
  }

  static HttpRequest head(String method, String target) {
    return new Head(method, target);
  }

  /** A head whose target may be anything: Netty's own has no blanks. */
  private static final class Head extends DefaultHttpRequest {
    private String target;

    Head(String method, String target) {
      super(
          HttpVersion.HTTP_1_1,
          HttpMethod.valueOf(method),
          "/",
          DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders());
      this.target = target;
    }

    @Override
    public String uri() {
      return target;
    }

    @Override
    public HttpRequest setUri(String other) {
      target = other;
      return this;
    }
  }

  public Signed header(String name, String value) {
    headers.put(name, value);
    return this;
  }

  Signed without(String name) {
    headers.remove(name);
    return this;
  }

  Signed target(String wire, String path, String query) {
    target = wire;
    canonicalPath = path;
    canonicalQuery = query;
    return this;
  }

  public Signed body(String text) {
    body = text;
    return this;
  }

  public Signed declaredHash() {
    return header("x-amz-content-sha256", hash(body));
  }

  public Signed secret(String other) {
    secret = other;
    return this;
  }

  /** Signed for the usual scope. */
  public HttpRequest request() {
    return request("20261127/" + REGION + "/sagemaker/aws4_request");
  }

  HttpRequest request(String scope) {
    return request(scope, String.join(";", headers.keySet()));
  }

  HttpRequest request(String scope, String signedHeaders) {
    HttpRequest request = head("POST", target);
    HttpHeaders sent = request.headers();
    headers.forEach(sent::add);
    String credential = KEY.id() + "/" + scope;
    sent.add(
        "Authorization",
        "AWS4-HMAC-SHA256 Credential=%s, SignedHeaders=%s, Signature=%s"
            .formatted(credential, signedHeaders, signature(scope, signedHeaders)));
    return request;
  }

  private String signature(String scope, String signedHeaders) {
    StringBuilder canonical = new StringBuilder("POST\n");
    canonical.append(canonicalPath).append('\n').append(canonicalQuery).append('\n');
    for (String name : signedHeaders.split(";", -1)) {
      canonical.append(name).append(':').append(headers.getOrDefault(name, "")).append('\n');
    }
    String hash = headers.getOrDefault("x-amz-content-sha256", hash(body));
    canonical.append('\n').append(signedHeaders).append('\n').append(hash);
    String toSign =
        "AWS4-HMAC-SHA256\n"
            + headers.getOrDefault("x-amz-date", "20261127T120000Z")
            + "\n"
            + scope
            + "\n"
            + hash(canonical.toString());
    return sign(secret, scope, toSign);
  }

  static String sign(String secret, String scope, String toSign) {
    byte[] key = ("AWS4" + secret).getBytes(UTF_8);
    for (String part : scope.split("/", -1)) {
      key = hmac(key, part);
    }
    return HexFormat.of().formatHex(hmac(key, toSign));
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(ISO_8859_1));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static String hash(String text) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(ISO_8859_1)));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** Verifies it to the end. */
  static SignedRequest verify(
      SignatureV4 verifier, HttpRequest head, AccessKeys keys, byte[]... body) {
    SignedRequest begun = verifier.begin(head, keys);
    for (byte[] part : body) {
      ByteBuf data = Unpooled.wrappedBuffer(part);
      begun.body().update(data);
      data.release();
    }
    begun.body().verify();
    return begun;
  }
}
