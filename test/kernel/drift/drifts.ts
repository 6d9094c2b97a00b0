import { bridgeDrifts } from "./bridge.js";
import type { Drift } from "./damage.js";
import { masqueradeRuleDrifts } from "./masquerade-rule.js";
import { namespaceDrifts } from "./namespace.js";
import { portForwardDrifts } from "./port-forward.js";
import { routeDrifts } from "./route.js";
import { ipvlanDrifts, macvlanDrifts } from "./stacked-links.js";
import { ruleDrifts as policyRuleDrifts } from "./rule.js";
import { sysctlDrifts } from "./sysctl.js";
import { vethDrifts } from "./veth.js";
import { vxlanDrifts } from "./vxlan.js";

/** What may happen by hand to interfaces and what they are in. */
export const linkDrifts: readonly Drift[] = [
  ...namespaceDrifts,
  ...vethDrifts,
  ...bridgeDrifts,
  ...macvlanDrifts,
  ...ipvlanDrifts,
  ...vxlanDrifts,
];
/** What may happen by hand to routes, rules and settings. */
export const ruleDrifts: readonly Drift[] = [
  ...routeDrifts,
  ...policyRuleDrifts,
  ...masqueradeRuleDrifts,
  ...portForwardDrifts,
  ...sysctlDrifts,
];

/** Properties and outputs that no hand on a host can alter in place, with the reason; `*` stands for every resource. */
export const unalterable: Readonly<Record<string, string>> = {
  "*.host": "which host it is on is no part of any host",
  "*.adopt": "says what an up may do, and stands nowhere on a host",
  "*.allowLockout": "is no property of the host",
  "*.namespace": "where it is looked for: elsewhere it is gone",
  "Namespace.name": "what it is known by: under another name it is gone",
  "Namespace.filesFound": "a memory of what was there before",
  "Namespace.attach.docker": "says what it is to be attached to: where that is another namespace, attachedTo shows it",
  "Namespace.attach.podman": "the same",
  "Namespace.attach.pid": "the same",
  "Namespace.attach.path": "the same",
  "Namespace.inode": "another one is another namespace, which attachedTo shows",
  "Veth.name": "what an end is known by: under another name that end is lost",
  "Veth.peer.name": "the same",
  "Veth.peer.namespace": "where that end is looked for: elsewhere it is lost",
  "Veth.ifindex": "another one is another interface",
  "Bridge.name": "what it is known by: under another name it is gone",
  "Bridge.ifindex": "another one is another interface",
  "Macvlan.name": "what it is known by: under another name it is gone",
  "Macvlan.ifindex": "another one is another interface",
  "Ipvlan.name": "what it is known by: under another name it is gone",
  "Ipvlan.ifindex": "another one is another interface",
  "Vxlan.name": "what it is known by: under another name it is gone",
  "Vxlan.ifindex": "another one is another interface",
  "Vxlan.effectiveMtu": "shows as mtu",
  "Route.destination": "part of the kernel's key of a route: with another one the route is gone",
  "Route.metric": "the same",
  "Route.table": "the same",
  "Rule.priority": "part of what a rule is known by: with another one the rule is gone",
  "Rule.from": "the same",
  "Rule.to": "the same",
  "Rule.iif": "the same",
  "Rule.oif": "the same",
  "Rule.fwmark": "the same",
  "Rule.not": "the same",
  "Rule.family": "where it is looked for: elsewhere it is gone",
  "Bridge.bridged": "what a host's own firewall makes of it (test/kernel/bridged.test.ts)",
  "Bridge.acceptedIn": "says where rules are, and any such place is right (test/kernel/bridged.test.ts)",
  "MasqueradeRule.backend": "says where the rules are, and either is right (test/kernel/backends.test.ts)",
  "PortForward.backend": "the same",
  "MasqueradeRule.firewall": "says where the rules are, which a host's user chooses (test/kernel/nftables.test.ts)",
  "PortForward.firewall": "the same",
  "MasqueradeRule.allowOverlap": "says what is not to be an error",
  "MasqueradeRule.forwarding": "what a host's own firewall makes of it (test/kernel/forward-drop.test.ts)",
  "PortForward.forwarding": "the same",
  "MasqueradeRule.acceptedIn":
    "says where the rules are, and any such place is right (test/kernel/forward-drop.test.ts)",
  "PortForward.acceptedIn": "the same",
  "PortForward.localnetFound": "a memory of what was there before",
  "PortForward.localnetInterface": "the same",
  "Sysctl.key": "what it is known by",
  "Sysctl.found": "a memory of what was there before",
};
