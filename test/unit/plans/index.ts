import { bridgeCases } from "./bridge.js";
import type { PlanCase } from "./case.js";
import { ipvlanCases } from "./ipvlan.js";
import { macvlanCases } from "./macvlan.js";
import { masqueradeCases } from "./masquerade-rule.js";
import { namespaceCases } from "./namespace.js";
import { portForwardCases } from "./port-forward.js";
import { routeCases } from "./route.js";
import { ruleCases } from "./rule.js";
import { sysctlCases } from "./sysctl.js";
import { vethLeftoverCases } from "./veth-leftovers.js";
import { vethCases } from "./veth.js";
import { vxlanCases } from "./vxlan.js";

/** The cases of every resource. */
export const planCases: Readonly<Record<string, readonly PlanCase[]>> = {
  Namespace: namespaceCases,
  Veth: [...vethCases, ...vethLeftoverCases],
  Bridge: bridgeCases,
  Macvlan: macvlanCases,
  Ipvlan: ipvlanCases,
  Route: routeCases,
  Rule: ruleCases,
  MasqueradeRule: masqueradeCases,
  PortForward: portForwardCases,
  Sysctl: sysctlCases,
  Vxlan: vxlanCases,
};
