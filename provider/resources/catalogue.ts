import type { AnyResource } from "../lifecycle/define-resource.js";
import { bridge } from "./bridge.js";
import { dummy } from "./dummy.js";
import { ipvlan } from "./ipvlan.js";
import { macvlan } from "./macvlan.js";
import { masqueradeRule } from "./masquerade-rule.js";
import { namespace } from "./namespace.js";
import { neighbour } from "./neighbour.js";
import { portForward } from "./port-forward.js";
import { route } from "./route.js";
import { rule } from "./rule.js";
import { sysctl } from "./sysctl.js";
import { veth } from "./veth.js";
import { vxlan } from "./vxlan.js";

/** All resources. To add one, add a file next to this one and a line here. */
export const catalogue: readonly AnyResource[] = [
  namespace,
  veth,
  bridge,
  dummy,
  macvlan,
  ipvlan,
  vxlan,
  route,
  rule,
  neighbour,
  masqueradeRule,
  portForward,
  sysctl,
];
