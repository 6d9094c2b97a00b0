/** Random networks of containers on one host, valid by construction, as programs of the small engine. */
import fc from "fast-check";
import { casesOf } from "../kinds/index.js";
import type { KindCases, RandomSurroundings } from "../kinds/kind-cases.js";
import type { Item, Program } from "../small-engine.js";

/** Gives each forward its own ports. */
const ownPort = (port: number | string, index: number) =>
  typeof port === "number" ? port + 10 * index : port.replaceAll(/\d+/g, (each) => String(Number(each) + 10 * index));

/** What a network is built from. Numbers choose among what exists, so that every combination is a valid network. */
export interface Topology {
  /** One namespace each: the value of its `icmp_echo_ignore_all`, or its settings for names, or neither. */
  readonly boxes: readonly ("0" | "1" | "" | keyof typeof names)[];
  readonly bridges: readonly BridgeChoice[];
  readonly cables: readonly CableChoice[];
  readonly routes: readonly RouteChoice[];
  readonly masquerades: readonly MasqueradeChoice[];
  readonly forwards: readonly ForwardChoice[];
  readonly forwarding: "0" | "1" | "";
  /** The choices of the kinds that define their own random resources (`random` of their cases). */
  readonly others: Readonly<Record<string, readonly (readonly number[])[]>>;
}
interface BridgeChoice {
  /** The index of the namespace that it is in. An index without a namespace stands for the host's own. */
  readonly place: number;
  readonly name: number;
  readonly v4: number;
  readonly v6: boolean;
  readonly up: boolean;
  readonly stp: boolean;
  readonly ageingTime: number;
}
interface CableChoice {
  readonly place: number;
  readonly bridge: number;
  readonly name: number;
  readonly peerName: number;
  /** 0: none; other numbers: different addresses. */
  readonly v4: number;
  readonly v6: boolean;
  readonly gateway: boolean;
  readonly up: boolean;
  readonly mtu: number;
  readonly hairpin: boolean;
}
interface RouteChoice {
  readonly cable: number;
  readonly v6: boolean;
  readonly type: "unicast" | "blackhole" | "unreachable";
  readonly byDevice: boolean;
  readonly table: "main" | 77;
  readonly mtu: number;
}
interface MasqueradeChoice {
  readonly v6: boolean;
  readonly network: number;
  readonly out: "" | "out" | "except";
  readonly keeps: number;
}
interface ForwardChoice {
  readonly v6: boolean;
  readonly protocol: "tcp" | "udp";
  readonly port: number | string;
  readonly target: number;
  readonly bridge: boolean;
  readonly localhost: boolean;
}

/** Settings of namespaces for names. */
const names = {
  hosts: { hosts: { web: "10.10.0.10", db: ["10.10.0.11", "fd00::11"] } },
  all: { dns: { servers: ["10.10.0.1"] }, hosts: { web: "10.10.0.12" }, hostname: "box" },
};

const choice = (count: number) => fc.nat(count - 1);

type Parts = { readonly [Part in keyof Topology]: fc.Arbitrary<Topology[Part]> };

const ownParts: Omit<Parts, "others"> = {
  boxes: fc.array(fc.constantFrom("0", "1", "", "hosts", "all"), { maxLength: 3 }),
  bridges: fc.array(
    fc.record({
      place: choice(4),
      name: choice(2),
      v4: choice(3),
      v6: fc.boolean(),
      up: fc.boolean(),
      stp: fc.boolean(),
      ageingTime: fc.constantFrom(300, 60),
    }),
    { maxLength: 2 },
  ),
  cables: fc.array(
    fc.record({
      place: choice(4),
      bridge: choice(3),
      name: choice(2),
      peerName: choice(2),
      v4: choice(3),
      v6: fc.boolean(),
      gateway: fc.boolean(),
      up: fc.boolean(),
      mtu: fc.constantFrom(1500, 1400),
      hairpin: fc.boolean(),
    }),
    { maxLength: 4 },
  ),
  routes: fc.array(
    fc.record({
      cable: choice(5),
      v6: fc.boolean(),
      type: fc.constantFrom("unicast" as const, "blackhole" as const, "unreachable" as const),
      byDevice: fc.boolean(),
      table: fc.constantFrom("main" as const, 77 as const),
      mtu: fc.constantFrom(0, 1400),
    }),
    { maxLength: 3 },
  ),
  masquerades: fc.array(
    fc.record({
      v6: fc.boolean(),
      network: choice(2),
      out: fc.constantFrom("" as const, "out" as const, "except" as const),
      keeps: choice(3),
    }),
    { maxLength: 2 },
  ),
  forwards: fc.array(
    fc.record({
      v6: fc.boolean(),
      protocol: fc.constantFrom("tcp" as const, "udp" as const),
      port: fc.constantFrom(8000, 8001, "9000-9005"),
      target: choice(2),
      bridge: fc.boolean(),
      localhost: fc.boolean(),
    }),
    { maxLength: 2 },
  ),
  forwarding: fc.constantFrom("0", "1", ""),
};

const choices = fc.array(choice(10), { minLength: 6, maxLength: 6 });

/** The parts that a network can have on a host with these kinds. */
const partsWith = (kinds: readonly KindCases[]): Parts => ({
  ...ownParts,
  others: fc.record(
    Object.fromEntries(
      kinds.filter(({ random }) => random).map(({ kind }) => [kind, fc.array(choices, { maxLength: 2 })]),
    ),
  ),
});

/** Any network of up to about twenty-five resources of these kinds. */
export const topology = (kinds: readonly KindCases[]): fc.Arbitrary<Topology> => fc.record(partsWith(kinds));

/** What changes in the next program: entire parts, and single properties of single bridges and cables. */
export interface Change {
  readonly parts: Partial<Topology>;
  readonly tweaks: readonly Tweak[];
}
interface Tweak {
  readonly of: "bridges" | "cables";
  readonly at: number;
  readonly to: Partial<BridgeChoice & CableChoice>;
}

/** Any change. Most changes leave most of the network as it is. */
export const change = (kinds: readonly KindCases[]): fc.Arbitrary<Change> =>
  fc.record({
    parts: fc.oneof(fc.record(partsWith(kinds), { requiredKeys: [] }), fc.constant({})),
    tweaks: fc.array(
      fc.record({
        of: fc.constantFrom("bridges" as const, "cables" as const),
        at: choice(4),
        to: fc.oneof(
          ...(["name", "peerName"] as const).map((key) => fc.record({ [key]: choice(2) })),
          ...(["place", "v4"] as const).map((key) => fc.record({ [key]: choice(3) })),
          ...(["up", "v6", "gateway"] as const).map((key) => fc.record({ [key]: fc.boolean() })),
        ),
      }),
      { maxLength: 3 },
    ),
  });

/** The network after a change. */
export function changed(before: Topology, { parts, tweaks }: Change): Topology {
  const tweaked = <T extends object>(list: readonly T[], of: Tweak["of"]) =>
    list.map((item, index) =>
      tweaks
        .filter((tweak) => tweak.of === of && tweak.at === index)
        .reduce((sum, { to }) => ({ ...sum, ...to }), item),
    );
  const whole = { ...before, ...parts };
  return { ...whole, bridges: tweaked(whole.bridges, "bridges"), cables: tweaked(whole.cables, "cables") };
}

const host = "kernel";
const from = <T>(list: readonly T[], number: number): T | undefined => list[number];
const output = (path: string) => ({ output: path });
const present = (entries: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));

/** The program that creates a network. */
export function programOf(topology: Topology): Program {
  const program: Record<string, Item> = {};
  const boxOf = (place: number) => (place < topology.boxes.length ? `box${place}` : undefined);
  const inside = (place: number) => {
    const box = boxOf(place);
    return box === undefined ? {} : { namespace: output(`${box}.name`) };
  };
  if (topology.forwarding !== "")
    program.forwarding = {
      kind: "Sysctl",
      args: { host, key: "net.ipv4.icmp_echo_ignore_all", value: topology.forwarding },
    };
  for (const [index, box] of topology.boxes.entries()) {
    const sysctls = box === "0" || box === "1" ? { "net.ipv4.icmp_echo_ignore_all": box } : undefined;
    const known = box === "hosts" || box === "all" ? names[box] : {};
    program[`box${index}`] = { kind: "Namespace", args: present({ host, sysctls, ...known }) };
  }
  for (const [index, { place, name, v4, v6, up, stp, ageingTime }] of topology.bridges.entries()) {
    const addresses = [...(v4 > 0 ? [bridgeAddress(index, v4)] : []), ...(v6 ? [`fd00:${index}::1/64`] : [])];
    program[`bridge${index}`] = {
      kind: "Bridge",
      args: { host, ...inside(place), name: `br${index}${"ab"[name]!}`, addresses, up, stp, ageingTime },
    };
  }
  for (const [index, cable] of topology.cables.entries()) program[`cable${index}`] = cableOf(topology, index, cable);
  for (const [index, route] of topology.routes.entries()) {
    const item = routeOf(topology, index, route);
    if (item) program[`route${index}`] = item;
  }
  for (const [index, { v6, network, out, keeps }] of topology.masquerades.entries()) {
    const kept = [...Array(keeps).keys()].map((number) =>
      v6 ? `fd00:${100 + number}::/32` : `10.${100 + number}.0.0/16`,
    );
    program[`masquerade${index}`] = {
      kind: "MasqueradeRule",
      args: present({
        host,
        source: v6 ? `fd00:${index}${network}::/64` : `10.${10 + index}.${network}.0/24`,
        outInterface: out === "out" ? "eth0" : undefined,
        exceptOutInterface: out === "except" ? "br0a" : undefined,
        exceptDestinations: kept.length > 0 ? kept : undefined,
      }),
    };
  }
  for (const [index, { v6, protocol, port, target, bridge, localhost }] of topology.forwards.entries()) {
    // A forward that refers to a bridge needs one on the host.
    const on = topology.bridges.findIndex(({ place }) => boxOf(place) === undefined);
    const named = bridge && on !== -1;
    program[`forward${index}`] = {
      kind: "PortForward",
      args: present({
        host,
        protocol,
        listenPort: ownPort(port, index),
        exceptInInterface: named ? output(`bridge${on}.name`) : undefined,
        targetAddress: v6 ? `fd00::${target + 10}` : `10.10.0.${target + 10}`,
        localhost: named && localhost && !v6 ? true : undefined,
      }),
    };
  }
  const surroundings = surroundingsOf(topology);
  for (const [kind, all] of Object.entries(topology.others)) {
    for (const [index, choices] of all.entries()) {
      const item = casesOf(kind).random!(choices, index, surroundings);
      if (item) program[`${kind}${index}`] = item;
    }
  }
  return program;
}

/** What resources of other kinds can refer to. */
function surroundingsOf({ boxes, bridges, cables }: Topology): RandomSurroundings {
  const inside = (place: number) => (place < boxes.length ? { namespace: `box${place}` } : {});
  return {
    host,
    namespaces: boxes.map((_, index) => `box${index}`),
    interfaces: [
      ...bridges.map(({ place, v4, up }, index) => ({
        resource: `bridge${index}`,
        ...inside(place),
        isBridge: true,
        isUp: up,
        ...(v4 > 0 && { network: `10.${10 + index}.0.` }),
      })),
      ...cables.map(({ place, v4, up }, index) => ({
        resource: `cable${index}`,
        ...inside(place),
        isBridge: false,
        isUp: up,
        ...(v4 > 0 && { network: ownNetwork(index, 4) }),
      })),
    ],
  };
}

const bridgeAddress = (index: number, v4: number) => `10.${10 + index}.0.${v4}/24`;

/** Whether a cable leads to a bridge, which one, and where its other end is. */
function farOf(topology: Topology, { bridge }: CableChoice) {
  const to = from(topology.bridges, bridge);
  return { to, place: to ? to.place : 9, name: to ? `bridge${bridge}` : undefined };
}

function gatewaysOf(topology: Topology, index: number, cable: CableChoice): string[] {
  const { to } = farOf(topology, cable);
  const box = cable.place < topology.boxes.length ? cable.place : undefined;
  // One default route per namespace, and none on the host: two with the same key would be two resources for one route.
  const first = topology.cables.findIndex(({ place, gateway, up }) => place === cable.place && gateway && up);
  if (!to || !cable.gateway || !cable.up || first !== index || box === undefined || to.place === cable.place) return [];
  return [
    ...(cable.v4 > 0 && to.v4 > 0 ? [bridgeAddress(cable.bridge, to.v4).split("/")[0]!] : []),
    ...(cable.v6 && to.v6 ? [`fd00:${cable.bridge}::1`] : []),
  ];
}

function cableOf(topology: Topology, index: number, cable: CableChoice): Item {
  const inside = (place: number) => (place < topology.boxes.length ? { namespace: output(`box${place}.name`) } : {});
  const { name: bridge, place: farPlace } = farOf(topology, cable);
  const gateway = gatewaysOf(topology, index, cable);
  return {
    kind: "Veth",
    args: present({
      host,
      ...inside(cable.place),
      name: `eth${index}${"ab"[cable.name]!}`,
      addresses: [
        ...(cable.v4 > 0
          ? [`10.${10 + cable.bridge}.0.${10 * cable.v4 + index}/24`, `${ownNetwork(index, 4)}1/24`]
          : []),
        ...(cable.v6 ? [`fd00:${cable.bridge}::${10 + index}/64`, `${ownNetwork(index, 6)}1/64`] : []),
      ],
      gateway: gateway.length > 0 ? gateway : undefined,
      up: cable.up,
      mtu: cable.mtu,
      peer: present({
        ...inside(farPlace),
        name: `port${index}${"ab"[cable.peerName]!}`,
        bridge: bridge === undefined ? undefined : output(`${bridge}.name`),
        hairpin: bridge !== undefined && cable.hairpin ? true : undefined,
      }),
    }),
    options: { dependsOn: bridge === undefined ? [] : [bridge] },
  };
}

/** A network that no other cable and no bridge uses, without the last number of the address. */
const ownNetwork = (cable: number, family: 4 | 6) => (family === 6 ? `fd00:${60 + cable}::` : `10.${60 + cable}.0.`);

function routeOf(topology: Topology, index: number, route: RouteChoice): Item | undefined {
  const { type, table, v6, byDevice, mtu } = route;
  const destination = v6 ? `fd00:20${index}::/48` : `10.20${index}.0.0/16`;
  const cable = from(topology.cables, route.cable);
  if (type !== "unicast") return { kind: "Route", args: { host, destination, type, table } };
  // Only if the gateway's network exists.
  if (!cable?.up || (v6 ? !cable.v6 : cable.v4 === 0)) return undefined;
  const box = cable.place < topology.boxes.length ? { namespace: output(`box${cable.place}.name`) } : {};
  const shared = v6 ? `fd00:${cable.bridge}::` : `10.${10 + cable.bridge}.0.`;
  // Without a device, the kernel takes any interface in the gateway's network, and that one may be about to be deleted.
  const via = `${byDevice ? shared : ownNetwork(route.cable, v6 ? 6 : 4)}99`;
  return {
    kind: "Route",
    args: present({
      host,
      ...box,
      destination,
      via,
      device: byDevice ? output(`cable${route.cable}.name`) : undefined,
      table,
      mtu: mtu > 0 ? mtu : undefined,
    }),
    options: { dependsOn: [`cable${route.cable}`] },
  };
}
