import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, vi } from "vitest";
import type { Terminal } from "../../provider/cli/terminal.js";

/**
 * A fake Pulumi CLI: `stack export` prints the next file of a folder, every other command one file; a missing file is a
 * failure.
 */
const program = `#!/bin/sh
here=$(dirname "$0")/..
echo "$*" >>"$here/calls"
for argument; do case $argument in -*) break ;; *) name="\${name:+$name-}$argument" ;; esac; done
# Each export gives the next state, the last one again and again.
if [ "$name" = stack-export ]; then
  set -- "$here"/states/*
  cat "$1"; [ $# = 1 ] || rm "$1"
elif [ -e "$here/$name" ]; then cat "$here/$name"
else cat "$here/failure" >&2; exit 255
fi
`;

/** A resource as `pulumi stack export` prints it. */
export function exported(kind: string, name: string, host: unknown, properties: object, more: object = {}): object {
  const outputs = { mark: `linuxnet:shop/dev/${kind}/${name}`, host, ...properties };
  return { urn: `urn:${name}`, type: `pulumi-nodejs:dynamic/linuxnet:${kind}`, inputs: outputs, outputs, ...more };
}

/** What the fake Pulumi CLI says about the stack shop/dev. */
export interface Told {
  readonly hosts?: object;
  /** The resources in the state, for each export. */
  readonly states?: readonly (readonly object[])[];
  /** The stacks of `stack ls --all`. */
  readonly stacks?: readonly string[];
  /** The message of every command that fails; if given, all do. */
  readonly failure?: string;
}

const folders: string[] = [];
afterEach(() => {
  vi.unstubAllEnvs();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** Creates a project folder, and puts the fake CLI first on the PATH. */
export function makeProject({ hosts = {}, states = [[]], stacks = ["dev"], failure }: Told): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "linuxnet-cli-"));
  folders.push(folder);
  mkdirSync(path.join(folder, "bin"));
  mkdirSync(path.join(folder, "states"));
  const write = (file: string, text: string) => writeFileSync(path.join(folder, file), text);
  write("bin/pulumi", program);
  chmodSync(path.join(folder, "bin/pulumi"), 0o755);
  write("Pulumi.yaml", "runtime: nodejs\nname: shop # a comment\n");
  write("stack-ls", JSON.stringify(stacks.map((name) => ({ name }))));
  if (failure === undefined) {
    write("stack", "dev\n");
    const value = JSON.stringify(hosts);
    write("config", JSON.stringify({ "linuxnet:hosts": { value, secret: false }, "shop:key": { secret: true } }));
    for (const [index, resources] of states.entries())
      write(`states/${index}`, JSON.stringify({ version: 3, deployment: { resources } }));
  } else write("failure", failure);
  vi.stubEnv("PATH", `${path.join(folder, "bin")}:${process.env.PATH}`);
  return folder;
}

/** A terminal whose user gives this answer, or a non-interactive one; records what was printed. */
export function listener(answer?: () => string): Terminal & { printed: string; said: string; asked: string[] } {
  return {
    printed: "",
    said: "",
    asked: [],
    interactive: answer !== undefined,
    print(text) {
      this.printed += text;
    },
    log(text) {
      this.said += text;
    },
    ask(question) {
      this.asked.push(question);
      return Promise.resolve(answer?.() ?? "");
    },
  };
}
