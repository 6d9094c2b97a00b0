/**
 * The module that Pulumi's dynamic-provider plugin loads: the recorded `__provider` of every resource says
 * `require("pulumi-linuxnet/provider")`, permanently. It exports the methods that the plugin calls.
 */
import { Socket } from "node:net";
import { DynamicProvider } from "./dynamic.js";
import { stackIdOf } from "./stack-id.js";
import { createPool } from "./transport/pool.js";

// The engine shows what its plugins write to standard error.
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

// The plugin's standard input is a pipe from the engine, which writes nothing to it; it ends when the engine does. A
// killed engine notifies nobody: this process would go on with everything queued here without any state being recorded,
// and then live forever. (Scripts that were already sent to a host run there to their end.)
if (/[\\/]dynamic-provider\b/.test(process.argv[1] ?? "") && process.stdin instanceof Socket)
  process.stdin.on("end", () => process.exit()).resume();
