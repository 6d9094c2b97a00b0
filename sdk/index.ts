// Written by npm run generate from provider/resources/catalogue.ts and the files in sdk/components; change those instead.
export type { HostArgs } from "./host-args.js";
export * from "./namespace.js";
export * from "./veth.js";
export * from "./bridge.js";
export * from "./dummy.js";
export * from "./macvlan.js";
export * from "./ipvlan.js";
export * from "./vxlan.js";
export * from "./route.js";
export * from "./rule.js";
export * from "./neighbour.js";
export * from "./masquerade-rule.js";
export * from "./port-forward.js";
export * from "./sysctl.js";
export * from "./components/container-network.js";
export * from "./components/container-network-args.js";
export * from "./components/overlay.js";
export * from "./components/overlay-args.js";
