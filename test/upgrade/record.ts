/**
 * Records the state of a stack of version 0.1.0, and everything that this version does on its hosts to create it. As
 * root:
 *
 *     npm run record:upgrade
 */
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Lab } from "../../examples/lab/lab.ts";
import type { Command, CommandResult } from "../../provider/transport/transport.js";
import { quote } from "../../provider/transport/quoting.js";
import { repository, run, versions } from "../engine/pack.ts";
import { exportState, hostNames, makeStack, rebuild, scriptOf, startAnew, startHosts, stateFile } from "./hosts.ts";

/** The commit of version 0.1.0. */
const commit = "1e578db0395aae2af9b46ac148aad25f51f9b610";

/** A batch that was run on a host. */
interface Ran {
  readonly host: string;
  readonly commands: readonly Command[];
  readonly results: readonly CommandResult[];
}

/** Code to append to the package's own file: it logs every batch that runs in a shell. */
const recording = (log: string) => `
const { run } = exports.ShellSession.prototype;
exports.ShellSession.prototype.run = async function (batch) {
  const results = await run.call(this, batch);
  const line = JSON.stringify({ host: this.place.host, commands: batch.commands, results });
  require("node:fs").appendFileSync(${JSON.stringify(log)}, line + "\\n");
  return results;
};
`;

/** Builds the version from the repository's history, and installs it in the folder as a user would. */
function install(folder: string, log: string): void {
  const source = path.join(folder, "source");
  mkdirSync(source);
  run(source, "sh", "-c", `git -C "$1" archive ${commit} | tar -x`, "sh", repository);
  symlinkSync(path.join(repository, "node_modules"), path.join(source, "node_modules"));
  run(source, path.join(repository, "node_modules/.bin/tsc"), "-p", "tsconfig.json");
  run(source, "npm", "pack", "--ignore-scripts", "--pack-destination", folder);
  const dependencies = {
    "@pulumi/pulumi": versions.devDependencies["@pulumi/pulumi"],
    "pulumi-linuxnet": "file:pulumi-linuxnet-0.1.0.tgz",
  };
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: "consumer", private: true, dependencies }));
  run(folder, "npm", "install", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund");
  const session = "node_modules/pulumi-linuxnet/dist/provider/transport/shell-session.js";
  appendFileSync(path.join(folder, session), recording(log));
}

/**
 * Everything that was run on a host, except for queries, as a script. It ends if a command's exit code is not the
 * recorded one.
 */
function scriptFrom(ran: readonly Ran[], host: string): string {
  const lines = [`# Recorded by test/upgrade/record.ts: what version 0.1.0 ran on ${host}.`, "exec >/dev/null"];
  const texts = new Map<string, string>();
  // Long scripts run many times. Here, each is written once.
  const word = (text: string) => {
    if (text.length < 300) return quote(text);
    const known = texts.get(text);
    if (known !== undefined) return known;
    const name = `text${texts.size + 1}`;
    lines.push(`${name}=${quote(text)}`);
    texts.set(text, `"$${name}"`);
    return `"$${name}"`;
  };
  for (const { commands, results } of ran.filter((batch) => batch.host === host))
    for (const [index, { argv, stdin, always, expectStdout, expectInStdout }] of commands.entries()) {
      const { ran, exitCode } = results[index]!;
      const isQuestion = always === true || expectStdout !== undefined || expectInStdout !== undefined;
      if (isQuestion || !ran) continue;
      const input = stdin === undefined ? "" : `printf %s ${word(stdin)} | `;
      lines.push(`${input}${argv.map(word).join(" ")}; [ $? = ${exitCode} ] || exit`);
    }
  return `${lines.join("\n")}\n`;
}

/** A state with one line per resource. */
function stateLines(text: string): string {
  const { version, deployment } = JSON.parse(text) as { version: number; deployment: { resources: unknown[] } };
  const { resources, ...others } = deployment;
  const start = JSON.stringify({ version, deployment: { ...others, resources: [] } }).slice(0, -"]}}".length);
  return `${start}\n${resources.map((resource) => JSON.stringify(resource)).join(",\n")}\n]}}\n`;
}

const dumps = (lab: Lab) => Promise.all(hostNames.map((host) => lab.dump(host)));

const folder = mkdtempSync(path.join(tmpdir(), "linuxnet-upgrade-"));
let lab: Lab | undefined;
try {
  const log = path.join(folder, "ran");
  install(folder, log);
  lab = await startHosts(path.join(folder, "lab"));
  const stack = await makeStack(lab, folder);
  const { changes } = await stack.up();
  const ran = readFileSync(log, "utf8").trim().split("\n").map((line) => JSON.parse(line) as Ran); // prettier-ignore
  await stack.up("--expect-no-changes");
  await stack.refresh("--expect-no-changes");
  const state = await exportState(lab, folder, stack);
  const there = await dumps(lab);
  for (const secret of [folder, repository])
    if (state.includes(secret)) throw new Error(`the state has a path of this machine: ${secret}`);
  writeFileSync(stateFile, stateLines(state));
  for (const host of hostNames) writeFileSync(scriptOf(host), scriptFrom(ran, host));

  // The recording has to restore everything, without 0.1.0.
  await startAnew(lab);
  await rebuild(lab);
  const rebuilt = await dumps(lab);
  for (const [index, host] of hostNames.entries()) {
    if (rebuilt[index] === there[index]) continue;
    const files = { made: there[index]!, rebuilt: rebuilt[index]! };
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(tmpdir(), `${host}.${name}`), text);
    throw new Error(`what was recorded of ${host} does not make it: see ${tmpdir()}/${host}.made and .rebuilt`);
  }
  console.log(`recorded: ${JSON.stringify(changes)}`);
} finally {
  await lab?.stop();
  rmSync(folder, { recursive: true });
}
