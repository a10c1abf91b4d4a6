// LangChain.js: it parses each part of a stream on its own.

import { createRequire } from "node:module";
import {
  BaseSageMakerContentHandler,
  SageMakerEndpoint,
} from "@langchain/community/llms/sagemaker_endpoint";

const URL = process.env.ROUTER_URL;
const JOB = JSON.parse(process.env.JOB);

class Handler extends BaseSageMakerContentHandler {
  contentType = "application/json";
  accepts = "application/json";

  constructor(stream) {
    super();
    this.stream = stream;
  }

  async transformInput(prompt, modelKwargs) {
    return Buffer.from(JSON.stringify({ inputs: prompt, stream: this.stream, ...modelKwargs }));
  }

  async transformOutput(output) {
    const text = Buffer.from(output).toString("utf-8");
    if (!this.stream) {
      return JSON.parse(text)[0].generated_text;
    }
    return text
      .split("\n\n")
      .filter(event => event)
      .map(event => JSON.parse(event.replace(/^data:/, "")).token.text)
      .join("");
  }
}

function model(endpoint, stream, more = {}) {
  return new SageMakerEndpoint({
    endpointName: endpoint,
    streaming: stream,
    contentHandler: new Handler(stream),
    maxRetries: 0,
    clientOptions: {
      endpoint: URL,
      region: "eu-central-1",
      maxAttempts: 1,
      credentials: { accessKeyId: "any", secretAccessKey: "any" },
    },
    ...more,
  });
}

const asks = {
  plain: (endpoint, prompt) => model(endpoint, false).invoke(prompt),
  stream: async (endpoint, prompt) => {
    let said = "";
    for await (const part of await model(endpoint, true).stream(prompt)) {
      said += part;
    }
    return said;
  },
  session: (endpoint, prompt) =>
    model(endpoint, false, { endpointKwargs: { SessionId: JOB.sessions[endpoint] } }).invoke(
      prompt,
    ),
};

async function told(ask, endpoint, prompt) {
  try {
    return { text: await ask(endpoint, prompt) };
  } catch (failure) {
    return { error: `${failure.name}: ${failure.message}`.slice(0, 300) };
  }
}

const results = {};
for (const [name, ask] of Object.entries(asks)) {
  for (const work of JOB.work) {
    if (work.session !== (name === "session") || (work.stream && name !== "stream")) {
      continue;
    }
    const all = work.prompts.map(prompt => told(ask, work.endpoint, prompt));
    results[`${work.name}: ${name}`] = await Promise.all(all);
  }
}

const read = createRequire(import.meta.url);
const versions = ["@langchain/community", "@langchain/core", "@aws-sdk/client-sagemaker-runtime"]
  .map(name => `${name} ${read(`./node_modules/${name}/package.json`).version}`)
  .join(", ");
process.stdout.write(JSON.stringify({ version: versions, results }));
