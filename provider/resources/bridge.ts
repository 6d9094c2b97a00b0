import { z } from "zod";
import { bridgedOutputs, bridgedRules, bridgedState, removeBridgedRules, acceptBridged } from "../commands/bridged.js";
import { type Command, ip } from "../commands/command.js";
import { addressClaims, interfaceClaims } from "../commands/interface-claims.js";
import { type Link, link } from "../commands/link.js";
import {
  type WantedLink,
  foreignLink,
  ifindex,
  isMarked,
  ipv6MtuProblems,
  isOwnInterface,
  managedAddresses,
  marked,
  newLink,
  planLink,
} from "../commands/link-plan.js";
import { displacedInterfaceState } from "../commands/marked-interfaces.js";
import { partsOfInterface } from "../commands/management-path.js";
import { type Context, defineResource } from "../lifecycle/define-resource.js";
import { interfaceDefaults } from "../lifecycle/ownership.js";
import { interfaceAddress, macAddress } from "../schema/address.js";
import { namedInterface, up } from "../schema/interface.js";
import { mtu, seconds } from "../schema/number.js";
import { firewallRuleTraces } from "../traces/firewall-rules.js";
import { interfaceTraces } from "../traces/interface.js";

/** A bridge: ip-link(8), TYPE bridge; Documentation/networking/bridge.rst. */
export const bridge = defineResource({
  kind: "Bridge",
  description:
    "A bridge: a switch in the kernel that connects interfaces on layer 2, such as Docker's `docker0`. With an address of its own, it is also the gateway of the connected interfaces.",
  properties: z.strictObject({
    name: namedInterface(),
    addresses: z
      .array(interfaceAddress())
      .default([])
      .describe(
        "IP addresses of the bridge, with prefix lengths. All other addresses are removed. Default: none, for layer 2 only.",
      ),
    mac: macAddress()
      .optional()
      .describe(
        "Ethernet address. Default: derived from the stack, host and name, so that it is the same in every run.",
      ),
    mtu: mtu()
      .optional()
      .describe(
        "MTU in bytes. If left out, it is not managed: the kernel keeps it at the smallest MTU of the bridge's ports.",
      ),
    stp: z.boolean().default(false).describe("Spanning Tree Protocol. Default false."),
    forwardDelay: seconds(30)
      .default(15)
      .describe(
        "Seconds that a port spends in each of the listening and learning states before it forwards; 2 to 30 with `stp`. Default 15.",
      ),
    ageingTime: seconds(1_000_000)
      .default(300)
      .describe("Seconds after which a learned Ethernet address is removed. Default 300."),
    up: up(),
  }),
  needs: ["ip", "bridge"],
  outputs: { ifindex, marked, ...bridgedOutputs },
  replaceOn: ["name"],
  unmanaged: ["mtu"],
  deletedWith: ["namespace"],
  traces: [...interfaceTraces("bridge"), firewallRuleTraces],

  defaults: interfaceDefaults,
  checkTogether: ({ stp, forwardDelay, mtu, addresses }) => [
    ...(stp && forwardDelay < 2
      ? [{ property: "forwardDelay", message: "has to be from 2 to 30 seconds with stp" }]
      : []),
    ...ipv6MtuProblems(mtu, addresses),
  ],
  identify: ({ namespace, name }) => [namespace, name].filter(Boolean).join("/"),
  claims: (inputs) => [...interfaceClaims("", inputs), ...addressClaims("addresses", inputs.addresses, inputs)],
  inHostNetwork: (inputs) => (inputs.namespace === undefined ? partsOfInterface("", inputs) : []),
  displaced: { kind: "bridge", state: displacedInterfaceState },
  derive: () => ({ marked: true, bridged: "accepted" }),

  observe: ({ namespace, name }, { marks, recorded }) => ({
    link: link(namespace, name),
    bridged: bridgedRules(namespace, marks, recorded),
  }),

  // The first command creates it and fails if its name is taken.
  fast: { createsUnobserved: () => true },

  interpret(inputs, { link: { value: found }, bridged }, context) {
    if (!found) return {};
    if (!isOwn(found, context))
      return { foreign: foreignLink("name", found, inputs.namespace, found.kind === "bridge") };
    return {
      state: {
        namespace: inputs.namespace,
        name: found.name,
        addresses: managedAddresses(found, inputs.addresses),
        mac: found.mac,
        ...(inputs.mtu !== undefined && { mtu: found.mtu }),
        ...keptOptions(optionsOf(found), found, inputs),
        up: found.up,
        ifindex: found.ifindex,
        marked: isMarked(found, context),
        ...bridgedState(inputs.name, bridged.value, context.mark),
      },
    };
  },

  plan(inputs, { link: { value: found }, bridged }, context) {
    const { namespace, name, mac, mtu } = inputs;
    const wanted = wantedLink(inputs, context);
    const frames = acceptBridged(namespace, name, bridged.value, context.mark);
    if (found) return [...planBridge(found, inputs), ...planLink(found, wanted), ...frames];
    // A new port lowers the bridge's MTU unless the MTU was set explicitly, and setting the current value does not count.
    const notYetTheMtu = mtu === 1500 ? ["mtu", 1501] : [];
    const made: Link = { ...newLink(wanted, "bridge"), mtu: 0 };
    return [
      ip(
        namespace,
        "link",
        "add",
        "name",
        name,
        "group",
        context.group,
        ...(mac ? ["address", mac] : []),
        ...notYetTheMtu,
        "type",
        "bridge",
        ...bridgeOptions({ stp: false, forwardDelay: 15, ageingTime: 300 }, inputs),
      ),
      ...planLink(made, wanted),
      ...frames,
    ];
  },

  remove: ({ namespace, name }, { link: { value: found }, bridged }, context) => [
    ...(found && isOwn(found, context) ? [ip(namespace, "link", "delete", "dev", name)] : []),
    ...removeBridgedRules(namespace, bridged.value),
  ],
});

const isOwn = (found: Link, context: Context) => isOwnInterface("bridge", found, context);

/** The properties that only a bridge has; times in seconds. */
interface Options {
  readonly stp: boolean;
  readonly forwardDelay: number;
  readonly ageingTime: number;
}

type Inputs = Options & Pick<WantedLink, "namespace" | "name" | "addresses" | "mac" | "mtu" | "up">;

/** The kernel reports times in hundredths of a second. */
const optionsOf = ({ info }: Link): Options => ({
  stp: info.stp_state !== 0,
  forwardDelay: Number(info.forward_delay ?? 0) / 100,
  ageingTime: Number(info.ageing_time ?? 0) / 100,
});

/**
 * Ignores what the spanning tree protocol changes temporarily: while the topology changes, the ageing time is twice the
 * forward delay, and a bridge that is not the root of the tree uses the root's forward delay (net/bridge/br_stp.c).
 */
function keptOptions(found: Options, { info }: Link, wanted: Options): Options {
  if (!found.stp) return found;
  const settles = info.topology_change === 1 && found.ageingTime === 2 * found.forwardDelay;
  return {
    ...found,
    ...(settles && { ageingTime: wanted.ageingTime }),
    ...(info.root_id !== info.bridge_id && { forwardDelay: wanted.forwardDelay }),
  };
}

function wantedLink({ namespace, name, addresses, mac, mtu, up }: Inputs, { mark, group }: Context): WantedLink {
  return { namespace, name, addresses, mac, mtu, up, mark, group };
}

/** The options of `type bridge` for the properties that differ. */
function bridgeOptions(found: Options, { stp, forwardDelay, ageingTime }: Inputs): (string | number)[] {
  return [
    ...(found.forwardDelay === forwardDelay ? [] : ["forward_delay", forwardDelay * 100]),
    ...(found.ageingTime === ageingTime ? [] : ["ageing_time", ageingTime * 100]),
    ...(found.stp === stp ? [] : ["stp_state", stp ? 1 : 0]),
  ];
}

function planBridge(found: Link, inputs: Inputs): Command[] {
  const options = bridgeOptions(optionsOf(found), inputs);
  return options.length > 0
    ? [ip(inputs.namespace, "link", "set", "dev", inputs.name, "type", "bridge", ...options)]
    : [];
}
