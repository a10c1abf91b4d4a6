import css from "@eslint/css";
import js from "@eslint/js";
import globals from "globals";

const rules = {
  ...js.configs.recommended.rules,
  curly: "error",
  eqeqeq: "error",
  "no-implicit-coercion": "error",
  "no-shadow": "error",
  "no-unused-vars": "error",
  "no-use-before-define": ["error", { functions: false, classes: false, variables: false }],
  "no-var": "error",
  "object-shorthand": "error",
  "prefer-const": "error",
  "prefer-template": "error",
};

const program = (files, sourceType, known) => ({
  files,
  languageOptions: { ecmaVersion: 2024, sourceType, globals: known },
  linterOptions: { reportUnusedDisableDirectives: "error" },
  rules,
});

export default [
  program(["src/main/**/*.js", "local/src/main/**/*.js"], "module", globals.browser),
  program(["**/*.mjs", "build/web/*.js", "e2e/clients/js/*.js"], "module", globals.node),
  program(["e2e/clients/promptfoo/*.js"], "commonjs", globals.node),
  {
    files: ["**/*.css"],
    plugins: { css },
    language: "css/css",
    rules: {
      ...css.configs.recommended.rules,
      // The console's colours are declared in base.css and used in the other files.
      "css/no-invalid-properties": ["error", { allowUnknownVariables: true }],
      "css/use-baseline": ["error", { available: "newly", allowProperties: ["resize"] }],
    },
  },
];
