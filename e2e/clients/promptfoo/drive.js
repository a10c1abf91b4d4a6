// promptfoo: it does not stream, and has no place for a session's id.

const promptfoo = require("promptfoo");

const JOB = JSON.parse(process.env.JOB);

async function plain(endpoint, prompts) {
  const provider = {
    id: `sagemaker:huggingface:${endpoint}`,
    config: { region: "eu-central-1", modelType: "huggingface", maxTokens: 256, temperature: 0 },
  };
  const tests = prompts.map(prompt => ({ vars: { prompt } }));
  const suite = {
    prompts: ["{{prompt}}"],
    providers: [provider],
    tests,
    writeLatestResults: false,
  };
  const done = await promptfoo.evaluate(suite, { maxConcurrency: prompts.length, cache: false });
  const told = (await done.toEvaluateSummary?.())?.results ?? done.results;
  const byPrompt = new Map(told.map(each => [each.vars.prompt, each]));
  return prompts.map(prompt => {
    const each = byPrompt.get(prompt);
    return each.response?.output === undefined
      ? { error: String(each.error ?? each.response?.error).slice(0, 300) }
      : { text: each.response.output };
  });
}

async function main() {
  const results = {};
  for (const work of JOB.work.filter(each => !each.session && !each.stream)) {
    results[`${work.name}: plain`] = await plain(work.endpoint, work.prompts);
  }
  const pinned = require("./package-lock.json").packages["node_modules/promptfoo"];
  const version = `promptfoo ${pinned.version}`;
  process.stdout.write(`\n${JSON.stringify({ version, results })}\n`);
}

main().then(() => process.exit(0));
