import { z } from "zod";
import { type Command, ip } from "../commands/command.js";
import {
  type DefaultRoutes,
  addGateways,
  defaultRoutes,
  foreignGateway,
  gatewayProblems,
  gatewayQuestions,
  gatewayState,
  removeGateways,
} from "../commands/gateway.js";
import { addressClaims, interfaceClaims } from "../commands/interface-claims.js";
import { type Link, link } from "../commands/link.js";
import {
  type WantedLink,
  foreignLink,
  ifindex,
  isMarked,
  ipv6MtuProblems,
  isOwnLink,
  isRecordedLink,
  managedAddresses,
  marked,
  newLink,
  planLink,
} from "../commands/link-plan.js";
import { displacedInterfaceState } from "../commands/marked-interfaces.js";
import { partsOfInterface } from "../commands/management-path.js";
import { type Context, type Foreign, type Problem, defineResource } from "../lifecycle/define-resource.js";
import { defaultMac } from "../lifecycle/ownership.js";
import { gateway, interfaceAddress, macAddress } from "../schema/address.js";
import { up } from "../schema/interface.js";
import { mtu } from "../schema/number.js";
import { interfaceName, namespaceName } from "../schema/text.js";
import { interfaceTraces } from "../traces/interface.js";
import { gatewayTraces } from "../traces/route.js";

/** The properties of each end. */
const end = {
  addresses: z
    .array(interfaceAddress())
    .default([])
    .describe("IP addresses of the interface, with prefix lengths. All other addresses are removed. Default: none."),
  gateway: gateway()
    .optional()
    .describe("Gateway of the default route through this end: one address, or one per address family."),
  mac: macAddress()
    .optional()
    .describe(
      "Ethernet address. Default: derived from the stack, host, namespace and name, so that it is the same in every run.",
    ),
  up: up(),
  bridge: interfaceName()
    .optional()
    .describe("The bridge, in the same namespace, that the interface is a port of. Default: none."),
  hairpin: z
    .boolean()
    .default(false)
    .describe("As a bridge port: allow frames to be sent back through the port they came from. Default false."),
  isolated: z
    .boolean()
    .default(false)
    .describe("As a bridge port: exchange frames only with ports that are not isolated. Default false."),
};

const properties = z.strictObject({
  name: interfaceName().describe(
    "Interface name of this end, at most 15 characters. Default: the Pulumi name, if it is a valid interface name.",
  ),
  ...end,
  mtu: mtu().default(1500).describe("MTU of both ends in bytes. Default 1500."),
  peer: z
    .strictObject({
      name: interfaceName().describe("Interface name of the other end."),
      namespace: namespaceName().optional().describe("The other end's network namespace. Default: the host's own."),
      ...end,
    })
    .describe("The other end of the veth pair."),
});

type End = Omit<z.output<typeof properties>, "mtu" | "peer"> & { namespace?: string | undefined };
type Inputs = z.output<typeof properties> & { namespace?: string | undefined };

/** A veth pair: veth(4); ip-link(8), TYPE veth. */
export const veth = defineResource({
  kind: "Veth",
  description:
    "A veth pair: a virtual cable with an interface at each end, each in a namespace of its own. It connects a container to a bridge.",
  properties,
  needs: ["ip", "veth"],
  outputs: { ifindex, marked },
  replaceOn: ["name", "peer.name", "peer.namespace"],
  deletedWith: ["namespace", "peer.namespace"],
  traces: [...interfaceTraces("veth"), gatewayTraces],

  defaults(raw, owner, hostName) {
    const name = raw.name ?? owner.name;
    const mac = (near: Record<string, unknown>, name: unknown) =>
      near.mac === undefined
        ? { mac: defaultMac(owner, hostName, near.namespace as string | undefined, String(name)) }
        : {};
    const peer = raw.peer as Record<string, unknown> | undefined;
    return { name, ...mac(raw, name), ...(typeof peer === "object" && { peer: { ...peer, ...mac(peer, peer.name) } }) };
  },
  checkTogether: (inputs) => [
    ...(inputs.name === inputs.peer.name && inputs.namespace === inputs.peer.namespace
      ? [
          {
            property: "peer.name",
            message: "is the name of the first end, in the same namespace; the two ends need two names there",
          },
        ]
      : []),
    ...endProblems("", inputs, inputs.mtu),
    ...endProblems("peer.", inputs.peer, inputs.mtu),
  ],
  identify: ({ namespace, name }) => [namespace, name].filter(Boolean).join("/"),
  claims: (inputs) => {
    const { peer } = inputs;
    const onBridge = (property: string, { addresses }: End, { namespace, bridge }: End) =>
      bridge === undefined ? [] : addressClaims(property, addresses, { namespace, name: bridge });
    return [
      ...interfaceClaims("", inputs),
      ...interfaceClaims("peer.", peer),
      ...onBridge("addresses", inputs, peer),
      ...onBridge("peer.addresses", peer, inputs),
    ];
  },
  inHostNetwork: (inputs) => [
    ...(inputs.namespace === undefined ? partsOfInterface("", inputs) : []),
    ...(inputs.peer.namespace === undefined ? partsOfInterface("peer.", inputs.peer) : []),
  ],
  displaced: { kind: "veth", state: displacedInterfaceState },
  derive: () => ({ marked: true }),

  observe: (inputs, { recorded }) => ({
    near: link(inputs.namespace, inputs.name),
    far: link(inputs.peer.namespace, inputs.peer.name),
    ...gatewayQuestions("near", inputs, recorded),
    ...gatewayQuestions("far", inputs.peer, recorded?.peer as Partial<End> | undefined),
  }),

  // The first command creates it and fails if a name is taken.
  fast: { createsUnobserved: () => true },

  interpret(inputs, answers, context) {
    const near = answers.near.value;
    const far = answers.far.value;
    const { own, ownFar: ownFarEnd, whole } = ownEnds(inputs, near, far, context);
    const foreign =
      (near && !own ? foreignEnd("name", near, inputs, whole) : undefined) ??
      (far && !ownFarEnd ? foreignEnd("peer.name", far, inputs.peer, whole) : undefined) ??
      foreignGateway("gateway", inputs, defaultRoutes(answers, "near"), context) ??
      foreignGateway("peer.gateway", inputs.peer, defaultRoutes(answers, "far"), ofPeer(context));
    // If the first end is missing, the other one represents the pair; otherwise it must be the first one's other end.
    const ownFar = whole || !own ? ownFarEnd : undefined;
    const ends = [own, ownFar].filter((end) => end !== undefined);
    if (ends.length === 0) return { foreign };
    const stateOf = (end: End, found: Link | undefined, which: "near" | "far") =>
      found
        ? endState(end, found, defaultRoutes(answers, which), which === "far" ? ofPeer(context) : context)
        : missingEnd(end);
    return {
      foreign,
      state: {
        ...stateOf(inputs, own, "near"),
        ifindex: own?.ifindex,
        marked: ends.every((end) => isMarked(end, context)),
        mtu: ends[0]!.mtu,
        peer: {
          ...stateOf(inputs.peer, ownFar, "far"),
          // The second end's MTU is not a property, since both ends share one; it only appears here if it differs.
          ...(ends.some(({ mtu }) => mtu !== ends[0]!.mtu) && { mtu: ends[1]!.mtu }),
        },
      },
    };
  },

  plan(inputs, answers, context) {
    let { near, far } = { near: answers.near.value, far: answers.far.value };
    const commands: Command[] = [];
    if (!near || !far || !isPair(inputs, near, far)) {
      // If the pair's other end is not in its place, deleting this end also deletes the other one, and the routes through
      // both.
      commands.push(...removePair(inputs, near, far));
      commands.push(addPair(inputs, context));
      near = newLink(wantedEnd(inputs, inputs.mtu, context), "veth");
      far = newLink(wantedEnd(inputs.peer, inputs.mtu, context), "veth");
    } else {
      commands.push(...removeGateways(inputs, defaultRoutes(answers, "near"), context));
      commands.push(...removeGateways(inputs.peer, defaultRoutes(answers, "far"), context));
    }
    // The end in whose namespace the pair was created comes first, so that one process handles both.
    const ends = [
      planLink(near, wantedEnd(inputs, inputs.mtu, context)),
      planLink(far, wantedEnd(inputs.peer, inputs.mtu, context)),
    ];
    commands.push(...(isMadeByPeer(inputs) ? ends.toReversed() : ends).flat());
    // Gateways come last: a default route needs its interface up, and a veth only has a carrier if both ends are up.
    commands.push(...addGateways(inputs, near, defaultRoutes(answers, "near"), context));
    commands.push(...addGateways(inputs.peer, far, defaultRoutes(answers, "far"), context));
    return commands;
  },

  remove(inputs, answers, context) {
    const { own, ownFar } = ownEnds(inputs, answers.near.value, answers.far.value, context);
    return removePair(inputs, own, ownFar);
  },
});

const isOwn = (found: Link, { marks, group }: Context) => found.kind === "veth" && isOwnLink(found, marks, group);

/** The ends in their places that are ours. An end that has lost its mark is still ours if the other end is. */
function ownEnds(inputs: Inputs, near: Link | undefined, far: Link | undefined, context: Context) {
  const whole = near !== undefined && far !== undefined && isPair(inputs, near, far);
  const isNear = near?.kind === "veth" && (isOwn(near, context) || isRecordedLink(near, context.recorded));
  const isFar = far !== undefined && isOwn(far, context);
  const isOtherEnd = (end: Link | undefined, other: boolean) => whole && other && end?.alias === undefined;
  return {
    whole,
    own: isNear || isOtherEnd(near, isFar) ? near : undefined,
    ownFar: isFar || isOtherEnd(far, isNear) ? far : undefined,
  };
}

function isPair({ namespace, peer }: Inputs, near: Link, far: Link): boolean {
  if (near.kind !== "veth" || far.kind !== "veth") return false;
  const nameOf = (link: Link) => (namespace === peer.namespace ? link.name : link.ifindex);
  return near.peer === nameOf(far) && far.peer === nameOf(near);
}

function endProblems(prefix: string, end: End, mtu: number): Problem[] {
  const needsBridge = (["hairpin", "isolated"] as const).filter((option) => end[option] && end.bridge === undefined);
  return [
    ...gatewayProblems(prefix, end),
    ...needsBridge.map((option) => ({
      property: `${prefix}${option}`,
      message: "is a setting of a bridge's port: set `bridge` too",
    })),
    ...ipv6MtuProblems(mtu, end.addresses),
  ];
}

function wantedEnd(end: End, mtu: number, { mark, group }: Context): WantedLink {
  const { namespace, name, addresses, mac, up, bridge, hairpin, isolated } = end;
  return { namespace, name, addresses, mac, mtu, up, mark, group, port: { bridge, hairpin, isolated } };
}

/** Whether the pair is created in the second end's namespace, so that the first end is the one that is moved. */
const isMadeByPeer = ({ namespace, peer }: Inputs) => namespace !== undefined && peer.namespace === undefined;

/**
 * Both ends are created in their places at once. Before Linux 6.15, the name of the first end in `ip link add` also has to
 * be free in the namespace where `ip` runs (rtnl_newlink in net/core/rtnetlink.c), so it runs where that end belongs. An
 * end in the host's own namespace comes first, since that namespace has no name to give for the other end.
 */
function addPair(inputs: Inputs, { group }: Context): Command {
  const { peer, ...near } = inputs;
  const [first, second] = isMadeByPeer(inputs) ? [peer, near] : [near, peer];
  const attributes = (end: Pick<End, "mac">) => [
    ...(end.mac ? ["address", end.mac] : []),
    ...["mtu", near.mtu, "group", group],
  ];
  return ip(
    first.namespace,
    ...["link", "add", "name", first.name, ...attributes(first)],
    ...["type", "veth", "peer", "name", second.name],
    ...(second.namespace === first.namespace ? [] : ["netns", second.namespace!]),
    ...attributes(second),
  );
}

function removePair(inputs: Inputs, near: Link | undefined, far: Link | undefined): Command[] {
  const { namespace, name, peer } = inputs;
  const remove = (namespace: string | undefined, name: string) => ip(namespace, "link", "delete", "dev", name);
  if (near && far && isPair(inputs, near, far)) return [remove(namespace, name)];
  return [...(near ? [remove(namespace, name)] : []), ...(far ? [remove(peer.namespace, peer.name)] : [])];
}

// One end of another pair cannot be adopted: its other end would come along.
const foreignEnd = (property: string, found: Link, end: End, whole: boolean): Foreign =>
  foreignLink(property, found, end.namespace, whole);

/** The recorded properties of the other end, in the place of the pair's. */
const ofPeer = (context: Context): Context => ({
  ...context,
  recorded: context.recorded?.peer as Context["recorded"],
});

const endState = (end: End, found: Link, routes: DefaultRoutes, context: Context) => ({
  namespace: end.namespace,
  name: found.name,
  addresses: managedAddresses(found, end.addresses),
  gateway: gatewayState(end, routes, context),
  mac: found.mac,
  up: found.up,
  bridge: found.master,
  hairpin: found.hairpin,
  isolated: found.isolated,
});

/** An end that is not in its place: only its name, so that the difference shows and the pair can still be found. */
const missingEnd = ({ namespace, name }: End) => ({
  namespace,
  name,
  addresses: [],
  up: false,
  hairpin: false,
  isolated: false,
});
