/**
 * What Pulumi's dynamic-provider plugin loads: every resource's recorded `__provider` says
 * `require("pulumi-linuxnet/provider")`, for ever. Exports the methods that it calls.
 */
import { DynamicProvider } from "./dynamic.js";
import { createPool } from "./transport/pool.js";

const provider = new DynamicProvider(createPool());

export const configure = provider.configure.bind(provider);
export const check = provider.check.bind(provider);
export const diff = provider.diff.bind(provider);
export const create = provider.create.bind(provider);
export const update = provider.update.bind(provider);
export const read = provider.read.bind(provider);
const remove = provider.delete.bind(provider);
export { remove as delete };
