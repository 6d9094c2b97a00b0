import { groupOf, markOf, protocolOf } from "../../provider/lifecycle/ownership.js";

/** Whose the resources of these tests are. */
const owner = { project: "shop", stack: "dev", name: "drift" };
/** The protocol number of its routes. */
export const protocol = protocolOf(owner);
/** The group of its links. */
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

/** Rewrites the rules of one table by an expression of sed. */
export const rewrite = (expression: string, { table = "nat", family = "iptables", inside = "" } = {}) =>
  `${inside} ${family}-save -t ${table} | sed '${expression}' | ${inside} ${family}-restore`;
