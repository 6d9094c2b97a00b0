// Written by npm run generate from provider/resources/catalogue.ts; change that file instead.
export type { HostArgs } from "./host-args.js";
export * from "./namespace.js";
export * from "./veth.js";
export * from "./bridge.js";
export * from "./route.js";
export * from "./rule.js";
export * from "./masquerade-rule.js";
export * from "./port-forward.js";
export * from "./sysctl.js";
