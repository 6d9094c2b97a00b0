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

/** Starts a process in a namespace of its own, and returns once it is there; its ID is in /run/inside. */
const started = (enter: string) =>
  [
    `${enter} sleep 1000 >/dev/null 2>&1 & echo $! >/run/inside`,
    "until [ $(readlink /proc/$(cat /run/inside)/ns/net) != $(readlink /proc/self/ns/net) ]; do :; done",
  ].join("; ");
/** A process that keeps a namespace alive after its name is gone. */
export const processInside = (namespace: string) => started(`ip netns exec ${namespace}`);
/** A process in a namespace that never had a name. */
export const processUnshared = started("unshare --net");
export const endProcessInside = "kill $(cat /run/inside); rm /run/inside";

/**
 * Waits until the interface `gone` is deleted, at most 10 seconds: the kernel deletes a namespace's interfaces, and
 * their other ends, some time after the namespace's last user is gone.
 */
export const untilGone =
  "for attempt in $(seq 500); do ip link show gone >/dev/null 2>&1 || break; sleep 0.02; done; ! ip link show gone >/dev/null 2>&1";
/** Creates the interface `gone` on the host, which is deleted together with this namespace's interfaces. */
export const goneWith = (namespace: string) => `ip link add gone type veth peer name gone-far netns ${namespace}`;
/** Deletes a namespace that nothing else keeps alive, and waits until its interfaces are deleted. */
export const deleteNamespace = (namespace: string) => `${goneWith(namespace)}; ip netns del ${namespace}; ${untilGone}`;

/** Rewrites the rules of one table with a sed expression. */
export const rewrite = (expression: string, { table = "nat", family = "iptables", inside = "" } = {}) =>
  `${inside} ${family}-save -t ${table} | sed '${expression}' | ${inside} ${family}-restore`;
