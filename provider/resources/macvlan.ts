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
import { interfaceDefaults } from "../lifecycle/ownership.js";
import { gateway, interfaceAddress, macAddress } from "../schema/address.js";
import { namedInterface, up } from "../schema/interface.js";
import { mtu } from "../schema/number.js";
import { interfaceName } from "../schema/text.js";
import { interfaceTraces } from "../traces/interface.js";
import { gatewayTraces } from "../traces/route.js";

const properties = z.strictObject({
  name: namedInterface(),
  parent: interfaceName().describe(
    "The parent interface. It must be in the host's own namespace, whatever `namespace` is, and must not be a bridge port. If the parent is deleted, this interface is deleted too.",
  ),
  mode: z
    .enum(["bridge", "private", "vepa", "passthru"])
    .default("bridge")
    .describe(
      "Which other Macvlans it can reach, in addition to the network behind the parent. `bridge`: those on the same parent; `private`: none of them; `vepa`: those on the same parent, if the switch behind the parent sends their frames back; `passthru`: it is the only Macvlan on the parent and has the parent's Ethernet address. Default `bridge`.",
    ),
  addresses: z
    .array(interfaceAddress())
    .default([])
    .describe("IP addresses of the interface, with prefix lengths. All other addresses are removed. Default: none."),
  gateway: gateway()
    .optional()
    .describe("Gateway of the default route through this interface: one address, or one per address family."),
  mac: macAddress()
    .optional()
    .describe(
      "Ethernet address. Default: derived from the stack, host, namespace and name, so that it is the same in every run; in mode `passthru`, the parent's.",
    ),
  mtu: mtu()
    .optional()
    .describe("MTU in bytes, at most the parent's. If left out, it is not managed: its initial value is the parent's."),
  up: up(),
});

type Inputs = z.output<typeof properties> & { namespace?: string | undefined };

/** A macvlan interface: ip-link(8), TYPE macvlan; drivers/net/macvlan.c. */
export const macvlan = defineResource({
  kind: "Macvlan",
  description:
    "An interface on the network of a host's interface, with Ethernet and IP addresses of its own: it places a container directly in the host's LAN, like Docker's driver `macvlan`. " +
    "It and the host cannot reach each other through the parent, because the kernel does not forward packets between the two.",
  properties,
  advice: {
    "address-in-use":
      "Another interface on the same parent, or the parent itself, has this Ethernet address: give one of them another `mac`. One in a namespace whose name was taken away lives as long as a process is inside.",
  },
  needs: ["ip", stackedProbe("macvlan")],
  outputs: { ifindex, marked },
  replaceOn: ["name", "parent"],
  replaceWhen: (old, desired) => (canTurn(old.mode, desired.mode) ? [] : ["mode"]),
  unmanaged: ["mac", "mtu"],
  deletedWith: ["namespace", "parent"],
  traces: [...interfaceTraces("macvlan"), gatewayTraces],

  defaults(raw, owner, hostName) {
    const { mac, ...name } = interfaceDefaults(raw, owner, hostName);
    return { ...name, ...(mac !== undefined && raw.mode !== "passthru" && { mac }) };
  },
  checkTogether: (inputs) => [
    ...stackedProblems(inputs),
    ...(inputs.mode === "passthru" && inputs.mac !== undefined
      ? [{ property: "mac", message: "is the parent's in mode passthru; leave it out" }]
      : []),
  ],
  identify: ({ namespace, name }) => [namespace, name].filter(Boolean).join("/"),
  claims: ({ parent, mode, mac, ...inputs }) => [
    ...interfaceClaims("", inputs),
    ...addressClaims("addresses", inputs.addresses, { name: parent }),
    ...(mac === undefined
      ? []
      : [{ property: "mac", what: `the Ethernet address ${mac} on ${parent}`, anywhere: true }]),
    ...(mode === "passthru" ? [{ property: "parent", what: `all of ${parent} (mode passthru)`, anywhere: true }] : []),
  ],
  inHostNetwork: (inputs) => (inputs.namespace === undefined ? partsOfInterface("", inputs) : []),
  displaced: { kind: "macvlan", state: displacedInterfaceState },
  derive: () => ({ marked: true }),

  observe: (inputs, { recorded }) => stackedQuestions(inputs, recorded),

  // The first command creates it and fails if its name is taken.
  fast: { createsUnobserved: () => true },

  interpret(inputs, answers, context) {
    const { value: found } = answers.link;
    const own = found && isOwn(found, context) ? found : undefined;
    const foreign =
      found && !own
        ? foreignLink("name", found, inputs.namespace, canStay(inputs, answers))
        : foreignGateway("gateway", inputs, stackedRoutes(answers), context);
    if (!own) return { foreign };
    const mac = inputs.mac === undefined ? {} : { mac: own.mac };
    return { foreign, state: { ...stackedState(inputs, own, answers, context), ...mac, mode: own.info.mode } };
  },

  plan(inputs, answers, context) {
    const there = canStay(inputs, answers) ? answers.link.value : undefined;
    return [
      ...(there ? planMode(there, inputs) : makeStacked("macvlan", ["mode", inputs.mode], inputs, answers, context)),
      ...planStacked(inputs, there, answers, context),
    ];
  },

  remove: (inputs, { link: { value: found } }, context) =>
    found && isOwn(found, context) ? [removeStacked(inputs)] : [],
});

const isOwn = (found: Link, context: Context) => isOwnInterface("macvlan", found, context);

/** The kernel can change any mode into any other, except to and from passthru. */
const canTurn = (from: unknown, to: unknown) => from === to || (from !== "passthru" && to !== "passthru");

/** Whether the existing interface can be changed in place; otherwise it is recreated. */
const canStay = (inputs: Inputs, answers: Parameters<typeof isInPlace>[2]) =>
  isInPlace("macvlan", inputs, answers) && canTurn(answers.link.value?.info.mode, inputs.mode);

const planMode = ({ info }: Link, { namespace, name, mode }: Inputs): Command[] =>
  info.mode === mode ? [] : [ip(namespace, "link", "set", "dev", name, "type", "macvlan", "mode", mode)];
