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
import { defaultMac } from "../lifecycle/ownership.js";
import { gateway, interfaceAddress, macAddress } from "../schema/address.js";
import { mtu } from "../schema/number.js";
import { interfaceName } from "../schema/text.js";

const properties = z.strictObject({
  name: interfaceName().describe(
    "Its interface name, at most 15 characters. Default: the Pulumi name, where that is a valid one.",
  ),
  parent: interfaceName().describe(
    "The interface that it stands on, in the host's own namespace whatever `namespace` is; no bridge's port. When that one goes, it goes too.",
  ),
  mode: z
    .enum(["bridge", "private", "vepa", "passthru"])
    .default("bridge")
    .describe(
      "Whom it reaches beside what is behind the parent: `bridge`: the others on the parent; `private`: none of them; `vepa`: them too, where the switch behind the parent sends their frames back; `passthru`: it is the only one on the parent and has its Ethernet address. Default `bridge`.",
    ),
  addresses: z
    .array(interfaceAddress())
    .default([])
    .describe("Its addresses with prefix lengths; all others are removed. Default none."),
  gateway: gateway().optional().describe("The default route's gateway by it; one address, or one of each family."),
  mac: macAddress()
    .optional()
    .describe(
      "Its Ethernet address. Default: made from stack, host, namespace and name, the same at every run; in mode `passthru` the parent's.",
    ),
  mtu: mtu()
    .optional()
    .describe("Bytes, at most the parent's. Left out, it is not managed: it starts with the parent's."),
  up: z.boolean().default(true).describe("Whether the interface is up. Default true."),
});

type Inputs = z.output<typeof properties> & { namespace?: string | undefined };

/** A macvlan interface: ip-link(8), TYPE macvlan; drivers/net/macvlan.c. */
export const macvlan = defineResource({
  kind: "Macvlan",
  description:
    "An interface of its own on the network of a host's interface: a container with it is in the host's LAN, with its own Ethernet and IP address, as Docker's driver `macvlan` makes it. " +
    "It does not reach the host itself by the parent, nor the host it: the kernel passes nothing between the two.",
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

  defaults(raw, owner, hostName) {
    const name: unknown = raw.name ?? owner.name;
    const mac = defaultMac(owner, hostName, raw.namespace as string | undefined, String(name));
    return { name, ...(raw.mac === undefined && raw.mode !== "passthru" && { mac }) };
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

  // The first command makes it, and fails where its name is taken.
  createsUnobserved: () => true,

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

const isOwn = (found: Link, { marks, group, recorded }: Context) =>
  found.kind === "macvlan" && (isOwnLink(found, marks, group) || isRecordedLink(found, recorded));

/** The kernel turns each mode into each other one, and passthru neither into any nor any into it. */
const canTurn = (from: unknown, to: unknown) => from === to || (from !== "passthru" && to !== "passthru");

/** Whether what is there can become what is wanted; else it is made anew. */
const canStay = (inputs: Inputs, answers: Parameters<typeof isInPlace>[2]) =>
  isInPlace("macvlan", inputs, answers) && canTurn(answers.link.value?.info.mode, inputs.mode);

const planMode = ({ info }: Link, { namespace, name, mode }: Inputs): Command[] =>
  info.mode === mode ? [] : [ip(namespace, "link", "set", "dev", name, "type", "macvlan", "mode", mode)];
