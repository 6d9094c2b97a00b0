import { groupOf, markOf, protocolOf } from "../../provider/lifecycle/ownership.js";

/** The owner of the resources in these tests. */
const owner = { project: "shop", stack: "dev", name: "drift" };
/** The owner's protocol number for routes. */
export const protocol = protocolOf(owner);
/** The owner's group for links. */
export const group = groupOf(owner);
export const markFor = (kind: string) => markOf(kind, owner);

/** The mark of the same resource in another stack. */
export const theirMark = "linuxnet:shop/prod/Any/drift";

/** A process that keeps a namespace alive after its name is gone. */
export const processInside = (namespace: string) =>
  [
    `ip netns exec ${namespace} sleep 1000 >/dev/null 2>&1 & echo $! >/run/inside`,
    "until [ $(readlink /proc/$(cat /run/inside)/ns/net) != $(readlink /proc/self/ns/net) ]; do :; done",
  ].join("; ");
export const endProcessInside = "kill $(cat /run/inside); rm /run/inside";

/** Rewrites the rules of one table with a sed expression. */
export const rewrite = (expression: string, { table = "nat", family = "iptables", inside = "" } = {}) =>
  `${inside} ${family}-save -t ${table} | sed '${expression}' | ${inside} ${family}-restore`;
