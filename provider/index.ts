/**
 * What Pulumi's dynamic-provider plugin loads: every resource's recorded `__provider` says
 * `require("pulumi-linuxnet/provider")`, for ever. Exports the methods that it calls.
 */
export { check, configure, create, delete, diff, read, update } from "./dynamic.js";
