/**
 * What Pulumi's dynamic-provider plugin loads: every resource's recorded `__provider` says
 * `require("pulumi-linuxnet/provider")`, for ever. Exports the methods that it calls.
 */
import { Socket } from "node:net";
import { DynamicProvider } from "./dynamic.js";
import { stackIdOf } from "./stack-id.js";
import { createPool } from "./transport/pool.js";

// The engine shows what its plugins write there.
const print = (line: string) => process.stderr.write(`${line}\n`);
const pool = createPool({ warn: (host, text) => print(`warning: host ${host}: ${text}`) });
const provider = new DynamicProvider(pool, print, (stack) => stackIdOf(stack));

export const configure = provider.configure.bind(provider);
export const check = provider.check.bind(provider);
export const diff = provider.diff.bind(provider);
export const create = provider.create.bind(provider);
export const update = provider.update.bind(provider);
export const read = provider.read.bind(provider);
const remove = provider.delete.bind(provider);
export { remove as delete };

// The plugin's standard input is a pipe from the engine, which writes nothing to it: its end is the engine's. An engine
// that was killed tells nobody, and this process would go on with all that is queued here, past every state, and then
// live for ever. (What was sent to a host runs there to its end.)
if (/[\\/]dynamic-provider\b/.test(process.argv[1] ?? "") && process.stdin instanceof Socket)
  process.stdin.on("end", () => process.exit()).resume();
