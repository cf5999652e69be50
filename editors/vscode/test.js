// Tests what is in the package: the files that package.json names, and that the
// grammar gives each part of an example its name.
const assert = require("assert");
const fs = require("fs");
const path = require("path");
const { INITIAL, Registry } = require("vscode-textmate");
const onig = require("vscode-oniguruma");

const manifest = require("./package.json");
const { languages, grammars, jsonValidation } = manifest.contributes;
for (const file of [manifest.main, languages[0].configuration, grammars[0].path, jsonValidation[0].url]) {
  assert(fs.existsSync(path.join(__dirname, file)), `package.json names ${file}, which does not exist`);
}
JSON.parse(fs.readFileSync(path.join(__dirname, languages[0].configuration), "utf8"));

const example = `# two hosts
cluster "web" { // a comment
  hosts = [host.lb01, host["lb02"]] /* more */
  dynamic vip {
    labels = [for k, v in var.shops : "shop-\${lower(k)}\\n"]
    vrid   = 50 == 1 ? true : 300
  }
  text = <<EOT
\${self.name} text
  EOT
}
`;
const expected = {
  "# two hosts": "comment.line.number-sign",
  cluster: "entity.name.type",
  '"web"': "string.quoted.double.label",
  "// a comment": "comment.line.double-slash",
  hosts: "variable.other.property",
  host: "variable.language",
  lb01: "variable.other.member",
  " more ": "comment.block",
  dynamic: "entity.name.type",
  vip: "variable.other.label",
  for: "keyword.control",
  "shop-": "string.quoted.double",
  lower: "support.function",
  k: "variable.other",
  "\\n": "constant.character.escape",
  var: "variable.language",
  "50": "constant.numeric",
  "==": "keyword.operator",
  true: "constant.language",
  "<<EOT": "keyword.operator.heredoc",
  self: "variable.language",
  " text": "string.unquoted.heredoc",
};

async function tokens() {
  const wasm = fs.readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm"));
  await onig.loadWASM(wasm);
  const registry = new Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new onig.OnigScanner(patterns),
      createOnigString: (text) => new onig.OnigString(text),
    }),
    loadGrammar: async () => JSON.parse(fs.readFileSync(path.join(__dirname, grammars[0].path), "utf8")),
  });
  const grammar = await registry.loadGrammar(grammars[0].scopeName);
  const found = {};
  let state = INITIAL;
  for (const line of example.split("\n")) {
    const result = grammar.tokenizeLine(line, state);
    state = result.ruleStack;
    for (const t of result.tokens) {
      const text = line.slice(t.startIndex, t.endIndex);
      found[text] = [...(found[text] || []), t.scopes.at(-1)];
    }
  }
  return { found, state };
}

tokens().then(({ found, state }) => {
  for (const [text, scope] of Object.entries(expected)) {
    assert(found[text]?.includes(`${scope}.hactl`), `${text} is ${found[text]}, not ${scope}`);
  }
  assert.strictEqual(state.depth, 1, "something is open at the end");
  console.log(`${Object.keys(expected).length} parts of the example have their names`);
}).catch((err) => {
  console.error(err.message);
  process.exit(1);
});
