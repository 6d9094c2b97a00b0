import { z } from "zod";
import { type Command, ip } from "../commands/command.js";
import { foreignGateway } from "../commands/gateway.js";
import { addressClaims, interfaceClaims } from "../commands/interface-claims.js";
import type { Link } from "../commands/link.js";
import { foreignLink, ifindex, isOwnLink, isRecordedLink, marked } from "../commands/link-plan.js";
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
import { mtu } from "../schema/number.js";
import { interfaceName } from "../schema/text.js";

const properties = z.strictObject({
  name: interfaceName().describe(
    "Its interface name, at most 15 characters. Default: the Pulumi name, where that is a valid one.",
  ),
  parent: interfaceName().describe(
    "The interface that it stands on, in the host's own namespace whatever `namespace` is; no bridge's port, and with no Macvlan on it. When that one goes, it goes too.",
  ),
  mode: z
    .enum(["l2", "l3", "l3s"])
    .default("l2")
    .describe(
      "`l2`: it is in the parent's network; `l3`: the host's kernel routes between it and the parent, without ARP and broadcasts; `l3s`: the same, and the host's firewall sees its packets. All on one parent have the same: the last one set holds for all. Default `l2`.",
    ),
  flag: z
    .enum(["bridge", "private", "vepa"])
    .default("bridge")
    .describe(
      "Whether it reaches the others on the parent: `bridge`: yes; `private`: no; `vepa`: where what is behind the parent sends their frames back. All on one parent have the same: the last one set holds for all. Default `bridge`.",
    ),
  addresses: z
    .array(interfaceAddress())
    .default([])
    .describe(
      "Its addresses with prefix lengths; all others are removed. By them the kernel tells what is for it. Default none.",
    ),
  gateway: gateway().optional().describe("The default route's gateway by it; one address, or one of each family."),
  mtu: mtu().optional().describe("Bytes. Left out, it is not managed: it follows the parent's."),
  up: z.boolean().default(true).describe("Whether the interface is up. Default true."),
});

type Inputs = z.output<typeof properties> & { namespace?: string | undefined };

/** An ipvlan interface: ip-link(8), TYPE ipvlan; Documentation/networking/ipvlan.rst. */
export const ipvlan = defineResource({
  kind: "Ipvlan",
  description:
    "An interface on the network of a host's interface, with IP addresses of its own and the parent's Ethernet address: for networks that let each port have one Ethernet address only. " +
    "As with a Macvlan, the kernel passes nothing between it and the host by the parent.",
  properties,
  needs: ["ip", stackedProbe("ipvlan")],
  outputs: { ifindex, marked },
  replaceOn: ["name", "parent"],
  unmanaged: ["mtu"],
  deletedWith: ["namespace", "parent"],

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

  // The first command makes it, and fails where its name is taken.
  createsUnobserved: () => true,

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

const isOwn = (found: Link, { marks, group, recorded }: Context) =>
  found.kind === "ipvlan" && (isOwnLink(found, marks, group) || isRecordedLink(found, recorded));

/** iproute2 prints each flag as a field of its own, and `bridge` where the kernel has none set. */
const flagOf = ({ info }: Link) => (info.private ? "private" : info.vepa ? "vepa" : "bridge");

/** Both together: iproute2 sends a flag with every mode. */
const optionsOf = ({ mode, flag }: Inputs) => ["mode", mode, flag];

const planOptions = (there: Link, inputs: Inputs): Command[] =>
  there.info.mode === inputs.mode && flagOf(there) === inputs.flag
    ? []
    : [ip(inputs.namespace, "link", "set", "dev", inputs.name, "type", "ipvlan", ...optionsOf(inputs))];
