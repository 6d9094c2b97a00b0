import { z } from "zod";
import { type Command, ip } from "../commands/command.js";
import { foreignGateway } from "../commands/gateway.js";
import { addressClaims, interfaceClaims } from "../commands/interface-claims.js";
import type { Link } from "../commands/link.js";
import { foreignLink, ifindex, isOwnInterface, marked } from "../commands/link-plan.js";
import {
  isInPlace,
  makeStacked,
  planStacked,
  removeStacked,
  stackedProbe,
  stackedProblems,
  stackedQuestions,
  stackedRoutes,
  stackedState,
} from "../commands/stacked-link.js";
import { displacedInterfaceState } from "../commands/marked-interfaces.js";
import { partsOfInterface } from "../commands/management-path.js";
import { type Context, defineResource } from "../lifecycle/define-resource.js";
import { gateway, interfaceAddress } from "../schema/address.js";
import { namedInterface, up } from "../schema/interface.js";
import { mtu } from "../schema/number.js";
import { interfaceName } from "../schema/text.js";
import { interfaceTraces } from "../traces/interface.js";
import { gatewayTraces } from "../traces/route.js";

const properties = z.strictObject({
  name: namedInterface(),
  parent: interfaceName().describe(
    "The parent interface. It must be in the host's own namespace, whatever `namespace` is, and must not be a bridge port or the parent of a Macvlan. If the parent is deleted, this interface is deleted too.",
  ),
  mode: z
    .enum(["l2", "l3", "l3s"])
    .default("l2")
    .describe(
      "`l2`: the interface is in the parent's layer-2 network; `l3`: the host's kernel routes between it and the parent, without ARP and broadcasts; `l3s`: like `l3`, but its packets pass the host's firewall. All ipvlan interfaces on one parent share the mode: the last one set applies to all. Default `l2`.",
    ),
  flag: z
    .enum(["bridge", "private", "vepa"])
    .default("bridge")
    .describe(
      "Whether it can reach the other ipvlan interfaces on the parent: `bridge`: yes; `private`: no; `vepa`: only if the switch behind the parent sends their frames back. All ipvlan interfaces on one parent share the flag: the last one set applies to all. Default `bridge`.",
    ),
  addresses: z
    .array(interfaceAddress())
    .default([])
    .describe(
      "IP addresses of the interface, with prefix lengths. All other addresses are removed. The kernel uses them to decide which packets are for this interface. Default: none.",
    ),
  gateway: gateway()
    .optional()
    .describe("Gateway of the default route through this interface: one address, or one per address family."),
  mtu: mtu().optional().describe("MTU in bytes. If left out, it is not managed: it follows the parent's."),
  up: up(),
});

type Inputs = z.output<typeof properties> & { namespace?: string | undefined };

/** An ipvlan interface: ip-link(8), TYPE ipvlan; Documentation/networking/ipvlan.rst. */
export const ipvlan = defineResource({
  kind: "Ipvlan",
  description:
    "An interface on the network of a host's interface, with IP addresses of its own but the parent's Ethernet address. Use it on networks that allow only one Ethernet address per port. " +
    "As with a Macvlan, the kernel does not forward packets between this interface and the host through the parent.",
  properties,
  needs: ["ip", stackedProbe("ipvlan")],
  outputs: { ifindex, marked },
  replaceOn: ["name", "parent"],
  unmanaged: ["mtu"],
  deletedWith: ["namespace", "parent"],
  traces: [...interfaceTraces("ipvlan"), gatewayTraces],

  defaults: (raw, owner) => ({ name: raw.name ?? owner.name }),
  checkTogether: (inputs) => stackedProblems(inputs),
  identify: ({ namespace, name }) => [namespace, name].filter(Boolean).join("/"),
  claims: (inputs) => [
    ...interfaceClaims("", inputs),
    ...addressClaims("addresses", inputs.addresses, { name: inputs.parent }),
  ],
  inHostNetwork: (inputs) => (inputs.namespace === undefined ? partsOfInterface("", inputs) : []),
  displaced: { kind: "ipvlan", state: displacedInterfaceState },
  derive: () => ({ marked: true }),

  observe: (inputs, { recorded }) => stackedQuestions(inputs, recorded),

  // The first command creates it and fails if its name is taken.
  fast: { createsUnobserved: () => true },

  interpret(inputs, answers, context) {
    const { value: found } = answers.link;
    const own = found && isOwn(found, context) ? found : undefined;
    const foreign =
      found && !own
        ? foreignLink("name", found, inputs.namespace, isInPlace("ipvlan", inputs, answers))
        : foreignGateway("gateway", inputs, stackedRoutes(answers), context);
    if (!own) return { foreign };
    return {
      foreign,
      state: { ...stackedState(inputs, own, answers, context), mode: own.info.mode, flag: flagOf(own) },
    };
  },

  plan(inputs, answers, context) {
    const there = isInPlace("ipvlan", inputs, answers) ? answers.link.value : undefined;
    return [
      ...(there ? planOptions(there, inputs) : makeStacked("ipvlan", optionsOf(inputs), inputs, answers, context)),
      ...planStacked(inputs, there, answers, context),
    ];
  },

  remove: (inputs, { link: { value: found } }, context) =>
    found && isOwn(found, context) ? [removeStacked(inputs)] : [],
});

const isOwn = (found: Link, context: Context) => isOwnInterface("ipvlan", found, context);

/** iproute2 prints each flag as a separate field, and `bridge` if no flag is set. */
const flagOf = ({ info }: Link) => (info.private ? "private" : info.vepa ? "vepa" : "bridge");

/** The mode and the flag: iproute2 always sends both. */
const optionsOf = ({ mode, flag }: Inputs) => ["mode", mode, flag];

const planOptions = (there: Link, inputs: Inputs): Command[] =>
  there.info.mode === inputs.mode && flagOf(there) === inputs.flag
    ? []
    : [ip(inputs.namespace, "link", "set", "dev", inputs.name, "type", "ipvlan", ...optionsOf(inputs))];
