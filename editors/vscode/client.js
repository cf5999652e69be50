// The extension: it starts "hactl lsp" and hands every configuration file to it.
// All that it shows comes from there.
const { commands, window, workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

function start() {
  const settings = workspace.getConfiguration("hactl");
  const server = { command: settings.get("path"), args: ["lsp", ...settings.get("arguments")] };
  client = new LanguageClient("hactl", "hactl", server, {
    documentSelector: [
      { language: "hactl", scheme: "file" },
      { language: "hactl", scheme: "untitled" },
      { pattern: "**/*.ha.json", scheme: "file" },
    ],
  });
  return client.start().catch((err) => {
    window.showErrorMessage(`hactl: cannot start ${server.command}: ${err.message}. Install hactl, or set hactl.path.`);
  });
}

async function restart() {
  await client?.stop().catch(() => {}); // one that does not run any more needs no stop
  return start();
}

exports.activate = (context) => {
  context.subscriptions.push(
    commands.registerCommand("hactl.restart", restart),
    workspace.onDidChangeConfiguration((e) => e.affectsConfiguration("hactl") && restart()),
  );
  return start();
};

exports.deactivate = () => client?.stop();
