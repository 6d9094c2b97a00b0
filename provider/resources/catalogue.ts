import type { AnyResource } from "../lifecycle/define-resource.js";
import { bridge } from "./bridge.js";
import { masqueradeRule } from "./masquerade-rule.js";
import { namespace } from "./namespace.js";
import { portForward } from "./port-forward.js";
import { route } from "./route.js";
import { rule } from "./rule.js";
import { sysctl } from "./sysctl.js";
import { veth } from "./veth.js";

/** All resources. A new one is a file beside this one and a line here. */
export const catalogue: readonly AnyResource[] = [namespace, veth, bridge, route, rule, masqueradeRule, portForward, sysctl];
