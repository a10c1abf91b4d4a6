package io.sessionrouter.local;

import java.net.URI;

/** Calls to copy into a terminal: a session opened with facts, asked a question, and closed. */
public final class Calls {
  private static final String TEXT =
      """
      Hold a conversation (copy one of these into a terminal):

      --- curl
      URL=%1$s/endpoints/%2$s/invocations
      KEY='Authorization: %5$s'
      JSON='Content-Type: application/json'
      SESSION=$(curl -sS -D - -o /dev/null "$URL" -H "$KEY" -H "$JSON" \\
        -H 'X-Amzn-SageMaker-Session-Id: NEW_SESSION' \\
        -d '{"requestType":"NEW_SESSION","inputs":"%3$s"}' |
        awk 'tolower($1) == "x-amzn-sagemaker-new-session-id:" { sub(";.*", "", $2); print $2 }')
      curl -sS "$URL" -H "$KEY" -H "$JSON" -H "X-Amzn-SageMaker-Session-Id: $SESSION" \\
        -d '{"inputs":"%4$s"}'
      curl -sS -D - "$URL" -H "$KEY" -H "$JSON" -H "X-Amzn-SageMaker-Session-Id: $SESSION" \\
        -d '{"requestType":"CLOSE"}'

      --- AWS CLI
      export AWS_ACCESS_KEY_ID=%6$s AWS_SECRET_ACCESS_KEY=%7$s
      export AWS_DEFAULT_REGION=%8$s AWS_SESSION_TOKEN= AWS_PAGER=
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
          "sagemaker-runtime", endpoint_url="%1$s", region_name="%8$s",
          aws_access_key_id="%6$s", aws_secret_access_key="%7$s")
      def ask(session, **payload):
          return runtime.invoke_endpoint(
              EndpointName="%2$s", SessionId=session, ContentType="application/json",
              Body=json.dumps(payload))
      opened = ask("NEW_SESSION", requestType="NEW_SESSION", inputs="%3$s")
      session = opened["NewSessionId"].split(";")[0]
      print(ask(session, inputs="%4$s")["Body"].read().decode())
      print("closed", ask(session, requestType="CLOSE")["ClosedSessionId"])
      EOF

      --- OpenAI's client (pip install openai)
      python3 - <<'EOF'
      from openai import OpenAI
      client = OpenAI(base_url="%1$s/endpoints/%2$s/openai/v1", api_key="%9$s")
      answer = client.chat.completions.create(
          model=client.models.list().data[0].id, temperature=0,
          messages=[{"role": "user", "content": "%3$s %4$s"}])
      print(answer.choices[0].message.content)
      EOF
      """;

  /** In words that the bundled model knows; the value is one that it has to remember. */
  public static final String FACTS = "My cat is called Zorro. The code of the gate is 4718.";

  public static final String QUESTION = "What is my cat called?";

  private Calls() {}

  static String text(URI router, String endpoint, Keys keys) {
    return TEXT.formatted(
        router,
        endpoint,
        FACTS,
        QUESTION,
        keys.authorization(),
        keys.accessKeyId(),
        keys.secretAccessKey(),
        Keys.REGION,
        keys.bearerKey());
  }
}
