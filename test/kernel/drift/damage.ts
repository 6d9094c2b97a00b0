import { groupOf, markOf, protocolOf } from "../../../provider/lifecycle/ownership.js";

/** Something done by hand, and what has to come of it. */
export interface Damage {
  /** For the shell on the host. */
  readonly by: string;
  /** The paths in which a refresh shows it; `gone` where it has to find nothing. */
  readonly shows: readonly string[] | "gone";
  /** What is in the way is somebody else's: an up refuses it, and touches nothing, until it is taken away. */
  readonly refused?: boolean;
  /** Puts back what the resource stands on, and takes away what is in its way: run before the up that repairs. */
  readonly then?: string;
  /** Takes away what stays beside the repaired resource, since nobody can tell that it was ever the stack's. */
  readonly left?: string;
  /** Takes away, at the very end, what somebody else put where the resource was. */
  readonly debris?: string;
}

/** A resource as it is wanted, and all that may happen to it. */
export interface Drift {
  readonly kind: string;
  readonly title?: string;
  /** Made before on the host, and kept: what the resource needs around it. */
  readonly around?: string;
  readonly wanted: Readonly<Record<string, unknown>>;
  readonly damages: readonly Damage[];
}

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
