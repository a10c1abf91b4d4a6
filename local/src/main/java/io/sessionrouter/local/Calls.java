package io.sessionrouter.local;

import java.net.URI;

/** Calls to copy into a terminal: a session opened with facts, asked a question, and closed. */
public final class Calls {
  private static final String TEXT =
      """
      Hold a conversation (copy one of these into a terminal):

      --- curl
      URL=%1$s/endpoints/%2$s/invocations
      JSON='Content-Type: application/json'
      SESSION=$(curl -sS -D - -o /dev/null "$URL" -H "$JSON" \\
        -H 'X-Amzn-SageMaker-Session-Id: NEW_SESSION' \\
        -d '{"requestType":"NEW_SESSION","inputs":"%3$s"}' |
        awk 'tolower($1) == "x-amzn-sagemaker-new-session-id:" { sub(";.*", "", $2); print $2 }')
      curl -sS "$URL" -H "$JSON" -H "X-Amzn-SageMaker-Session-Id: $SESSION" \\
        -d '{"inputs":"%4$s"}'
      curl -sS -D - "$URL" -H "$JSON" -H "X-Amzn-SageMaker-Session-Id: $SESSION" \\
        -d '{"requestType":"CLOSE"}'

      --- AWS CLI
      export AWS_ACCESS_KEY_ID=demo AWS_SECRET_ACCESS_KEY=demo AWS_DEFAULT_REGION=us-east-1 AWS_PAGER=
      ask() {
        aws sagemaker-runtime invoke-endpoint --endpoint-url %1$s --endpoint-name %2$s \\
          --content-type application/json --body fileb:///dev/stdin "$@"
      }
      SESSION=$(echo '{"requestType":"NEW_SESSION","inputs":"%3$s"}' |
        ask --session-id NEW_SESSION --query NewSessionId --output text /dev/null | cut -d ';' -f 1)
      echo '{"inputs":"%4$s"}' | ask --session-id "$SESSION" /dev/stdout
      echo '{"requestType":"CLOSE"}' | ask --session-id "$SESSION" /dev/stdout

      --- boto3 (pip install boto3)
      python3 - <<'EOF'
      import boto3, json
      runtime = boto3.client(
          "sagemaker-runtime", endpoint_url="%1$s", region_name="us-east-1",
          aws_access_key_id="demo", aws_secret_access_key="demo")
      def ask(session, **payload):
          return runtime.invoke_endpoint(
              EndpointName="%2$s", SessionId=session, ContentType="application/json",
              Body=json.dumps(payload))
      opened = ask("NEW_SESSION", requestType="NEW_SESSION", inputs="%3$s")
      session = opened["NewSessionId"].split(";")[0]
      print(ask(session, inputs="%4$s")["Body"].read().decode())
      print("closed", ask(session, requestType="CLOSE")["ClosedSessionId"])
      EOF
      """;

  /** In words that the bundled model knows; the value is one that it has to remember. */
  public static final String FACTS = "My cat is called Zorro. The code of the gate is 4718.";

  public static final String QUESTION = "What is my cat called?";

  private Calls() {}

  static String text(URI router, String endpoint) {
    return TEXT.formatted(router, endpoint, FACTS, QUESTION);
  }
}
