import { z } from "zod";
import { type Command, type Found, ip } from "../commands/command.js";
import { addressClaims, interfaceClaims } from "../commands/interface-claims.js";
import { type Link, link, links, parentLink } from "../commands/link.js";
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
import { inTemporaryNamespace } from "../commands/probes.js";
import { displacedInterfaceState } from "../commands/marked-interfaces.js";
import { encapsulation, underlayMtu } from "../commands/underlay.js";
import {
  type FloodEntry,
  type FoundOptions,
  addVxlan,
  changeFloodEntries,
  changeOptions,
  floodEntries,
  isOfGroup,
  readOptions,
} from "../commands/vxlan.js";
import { partsOfInterface } from "../commands/management-path.js";
import { type Context, type Foreign, type Problem, defineResource } from "../lifecycle/define-resource.js";
import { interfaceDefaults } from "../lifecycle/ownership.js";
import { familyOf, interfaceAddress, ipAddress, macAddress, multicastAddress } from "../schema/address.js";
import { namedInterface, up } from "../schema/interface.js";
import { mtu, port, whole } from "../schema/number.js";
import { interfaceName } from "../schema/text.js";
import { interfaceTraces } from "../traces/interface.js";

const properties = z.strictObject({
  name: namedInterface(),
  vni: whole("a VXLAN network identifier", 0, 16_777_215).describe(
    "The identifier of the layer-2 network (VNI), the same on all of its hosts: 0 to 16777215.",
  ),
  local: ipAddress().describe(
    "The host's own address, the source of its packets. The other hosts list it in their `remotes`.",
  ),
  remotes: z
    .array(ipAddress())
    .default([])
    .describe(
      "The addresses of the other hosts. Each gets a copy of broadcast, multicast and unknown unicast frames. A change adds and removes individual entries without affecting the others. Default: none.",
    ),
  group: multicastAddress()
    .optional()
    .describe(
      "Instead of `remotes`: the multicast group for broadcast, multicast and unknown unicast frames. Requires `device`.",
    ),
  port: port().default(4789).describe("UDP port, the same on all hosts. Default 4789."),
  device: interfaceName()
    .optional()
    .describe(
      "The host's interface through which its packets leave. Default: determined by the route to the other hosts.",
    ),
  bridge: interfaceName()
    .optional()
    .describe("The bridge, in the same namespace, that the interface is a port of. Default: none."),
  mtu: mtu()
    .optional()
    .describe(
      "MTU in bytes. If left out, it is derived from the MTU of the path to the `remotes` (or of `device`, or of the interface with the address `local`), and follows it: 50 bytes less for IPv4, 70 bytes less for IPv6.",
    ),
  learning: z
    .boolean()
    .default(true)
    .describe("Whether it learns from received frames which Ethernet address is on which host. Default true."),
  addresses: z
    .array(interfaceAddress())
    .default([])
    .describe("IP addresses of the interface, with prefix lengths. All other addresses are removed. Default: none."),
  mac: macAddress()
    .optional()
    .describe("Ethernet address. Default: derived from the stack, host and name, so that it is the same in every run."),
  up: up(),
});

const probe = ["ip", "link", "add", "name", "a0", "type", "vxlan", "id", "1", "dstport", "4789"];

type Inputs = z.output<typeof properties> & { namespace?: string | undefined };

/** A layer-2 network over UDP: ip-link(8), TYPE vxlan; RFC 7348. */
export const vxlan = defineResource({
  kind: "Vxlan",
  description:
    "An interface to a layer-2 network between hosts, carried over UDP (VXLAN); usually a bridge port. Its packets leave from the host's own namespace, whichever namespace the interface is in.",
  properties,
  advice: {
    "address-in-use":
      "A program on the host has the UDP port (`ss -ulnp` shows which): stop it, or take another `port`.",
  },
  needs: ["ip", { argv: ["bridge", "-V"] }, { argv: inTemporaryNamespace(...probe) }],
  outputs: {
    ifindex,
    marked,
    effectiveMtu: {
      type: "number",
      description:
        "The MTU of the interface, whether or not `mtu` is set. Interfaces connected to it should not have a larger MTU.",
    },
  },
  argumentNames: { vni: "id" },
  replaceOn: ["name", "vni", "group", "port", "device"],
  replaceWhen: (old, wanted) => (familyOf(old.local) === familyOf(wanted.local) ? [] : ["local"]),
  deletedWith: ["namespace"],
  traces: interfaceTraces("vxlan"),

  defaults: interfaceDefaults,
  checkTogether: vxlanProblems,
  identify: ({ namespace, name }) => [namespace, name].filter(Boolean).join("/"),
  claims: ({ vni, port, bridge, addresses, ...inputs }) => [
    ...interfaceClaims("", inputs),
    ...(bridge === undefined ? [] : addressClaims("addresses", addresses, { ...inputs, name: bridge })),
    { property: "vni", what: `VXLAN network ${vni} on UDP port ${port}`, anywhere: true },
  ],
  inHostNetwork: (inputs) => (inputs.namespace === undefined ? partsOfInterface("", inputs) : []),
  displaced: { kind: "vxlan", state: displacedInterfaceState },
  derive: () => ({ marked: true }),

  observe: ({ namespace, name, local, remotes, device, mtu }) => ({
    link: link(namespace, name),
    flooding: floodEntries(namespace, name),
    underlay: device === undefined && mtu === undefined ? underlayMtu(local, remotes) : undefined,
    device: device === undefined ? undefined : parentLink(device),
    // If the device is in another namespace, `ip` prints the name that its index has in the interface's own namespace.
    inside: device === undefined || namespace === undefined ? undefined : links(namespace),
  }),

  // The first command creates it and fails if its name or key is taken. A default MTU depends on the underlay, which has to
  // be observed first.
  fast: { createsUnobserved: ({ mtu, device }) => mtu !== undefined && device === undefined },

  interpret(inputs, answers, context) {
    const found = answers.link.value;
    if (found && !isOwn(found, context))
      return { foreign: foreignLink("name", found, inputs.namespace, found.kind === "vxlan") };
    const foreign = unfitUnderlay(inputs, answers);
    if (!found) return { foreign };
    const options = optionsOf(inputs, found, answers);
    const { vni, local, group, port, device, learning } = options;
    const fits = inputs.mtu === undefined && found.mtu === (roomFor(inputs, answers) ?? found.mtu);
    return {
      foreign,
      state: {
        namespace: inputs.namespace,
        name: found.name,
        vni,
        local,
        remotes: remotesIn(inputs, besideGroup(answers, options)),
        group,
        port,
        device,
        bridge: found.master,
        // If left out, it is the largest that fits; it only appears here if it differs from that.
        mtu: fits ? undefined : found.mtu,
        learning,
        addresses: managedAddresses(found, inputs.addresses),
        mac: found.mac,
        up: found.up,
        ifindex: found.ifindex,
        marked: isMarked(found, context),
        effectiveMtu: found.mtu,
      },
    };
  },

  plan(inputs, answers, context) {
    const found = answers.link.value;
    const wanted = wantedLink(inputs, found, answers, context);
    if (!found) return make(inputs, wanted);
    const options = optionsOf(inputs, found, answers);
    if (isOther(inputs, options))
      return [ip(inputs.namespace, "link", "delete", "dev", inputs.name), ...make(inputs, wanted)];
    return [
      ...changeOptions(inputs, options),
      ...planLink(found, wanted),
      ...planFlooding(inputs, besideGroup(answers, options)),
    ];
  },

  remove: ({ namespace, name }, { link: { value: found } }, context) =>
    found && isOwn(found, context) ? [ip(namespace, "link", "delete", "dev", name)] : [],
});

/** The answers from the host. */
interface Answers {
  readonly link: Found<Link>;
  readonly flooding: Found<readonly FloodEntry[]>;
  readonly underlay?: Found<number> | undefined;
  readonly device?: Found<Link> | undefined;
  readonly inside?: Found<readonly Link[]> | undefined;
}

const isOwn = (found: Link, context: Context) => isOwnInterface("vxlan", found, context);

function vxlanProblems({ local, remotes, group, device, mtu, addresses }: Inputs): Problem[] {
  const others = remotes.findIndex((remote) => familyOf(remote) !== familyOf(local));
  const twice = remotes.findIndex((remote, index) => remotes.indexOf(remote) < index);
  const self = remotes.indexOf(local);
  const problem = (property: string, message: string) => [{ property, message }];
  return [
    ...(group !== undefined && remotes.length > 0
      ? problem("group", "and remotes are two ways to reach the others; give one of them")
      : []),
    ...(group !== undefined && device === undefined
      ? problem("device", "is needed with group: the interface that the group is joined on")
      : []),
    ...(group !== undefined && familyOf(group) !== familyOf(local)
      ? problem("group", `is of the other address family than local ${local}`)
      : []),
    ...(others === -1 ? [] : problem(`remotes[${others}]`, `is of the other address family than local ${local}`)),
    ...(twice === -1 ? [] : problem(`remotes[${twice}]`, `names ${remotes[twice]!} once more`)),
    ...(self === -1 ? [] : problem(`remotes[${self}]`, "is the local address; name the other hosts only")),
    ...ipv6MtuProblems(mtu, addresses),
  ];
}

/* Its options, and where it sends what is for everybody. */

function optionsOf(inputs: Inputs, found: Link, answers: Answers): FoundOptions {
  const options = readOptions(found, answers.flooding.value ?? []);
  const { device } = options;
  if (device === undefined || answers.inside === undefined) return options;
  const number = answers.inside.value?.find(({ name }) => name === device)?.ifindex ?? Number(device.slice(2));
  return { ...options, device: number === answers.device?.value?.ifindex ? inputs.device : `if${number}` };
}

/** Whether it differs from what is wanted in a property that the kernel cannot change. */
function isOther({ vni, port, local, group, device }: Inputs, found: FoundOptions): boolean {
  const otherFamily = found.local !== undefined && familyOf(found.local) !== familyOf(local);
  return otherFamily || found.vni !== vni || found.port !== port || found.group !== group || found.device !== device;
}

const besideGroup = ({ flooding: { value = [] } }: Answers, { group }: FoundOptions) =>
  value.filter((entry) => !isOfGroup(entry, group));

/** A forwarding entry as a remote address, or as `bridge fdb` prints it if it has more than an address. */
const entryText = ({ to, options }: FloodEntry) => [to, ...options].join(" ");

function remotesIn({ remotes }: Inputs, entries: readonly FloodEntry[]): string[] {
  const there = entries.map(entryText);
  // In the requested order, followed by others, so that equal sets become equal lists.
  return [
    ...remotes.filter((remote) => there.includes(remote)),
    ...there.filter((remote) => !remotes.includes(remote)),
  ];
}

function planFlooding({ namespace, name, remotes }: Inputs, there: readonly FloodEntry[]): Command[] {
  const gone = there.filter((entry) => !remotes.includes(entryText(entry)));
  const come = remotes.filter((remote) => !there.some((entry) => entryText(entry) === remote));
  return changeFloodEntries(namespace, name, gone, come);
}

/* Its interface. */

/** The largest MTU that fits into the underlay, in bytes; undefined if that is unknown. */
function roomFor({ local }: Inputs, { underlay, device }: Answers): number | undefined {
  const below = underlay?.value ?? device?.value?.mtu;
  return below === undefined ? undefined : Math.min(below - encapsulation(local), 65_535);
}

/** The reasons why it cannot be created on this host. */
function unfitUnderlay(inputs: Inputs, answers: Answers): Foreign | undefined {
  const { device, mtu } = inputs;
  const there = answers.link.value;
  const room = roomFor(inputs, answers);
  const problem = (property: string, conflict: string, advice: string) => ({
    property,
    conflict,
    advice,
    adoptable: false,
  });
  // An existing interface may remain while its underlay is missing.
  if (!there && room === undefined && device !== undefined)
    return problem(
      "device",
      "no interface of the host's own namespace",
      "Make it first, and pass its `name` output, or correct it.",
    );
  if (!there && room === undefined && mtu === undefined)
    return problem(
      "local",
      "no address of the host, and the MTU comes from the interface that has it",
      "Make the address first (`dependsOn`), correct it, or give `mtu`.",
    );
  if (device !== undefined && room !== undefined && mtu !== undefined && mtu > room && there?.mtu !== mtu)
    return problem("mtu", `more than ${device} has room for`, `Give ${room} or less, or leave it out.`);
  return undefined;
}

function wantedLink(inputs: Inputs, found: Link | undefined, answers: Answers, { mark, group }: Context): WantedLink {
  const { namespace, name, addresses, mac, bridge, up } = inputs;
  const stays = found !== undefined && found.master === bridge;
  return {
    namespace,
    name,
    addresses,
    mac,
    mtu: inputs.mtu ?? roomFor(inputs, answers),
    up,
    mark,
    group,
    port: { bridge, hairpin: stays && found.hairpin, isolated: stays && found.isolated },
  };
}

function make(inputs: Inputs, wanted: WantedLink): Command[] {
  return [addVxlan(wanted, inputs), ...planLink(newLink(wanted, "vxlan"), wanted), ...planFlooding(inputs, [])];
}
