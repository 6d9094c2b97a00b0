import { contains, familyOf } from "../schema/address.js";
import { type Command, ip } from "./command.js";
import type { Link } from "./link.js";
import { setSysctl } from "./sysctl.js";

/** What a resource wants of an interface of any kind. Properties left out stay as they are. */
export interface WantedLink {
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly mark: string;
  readonly group: number;
  readonly mac?: string | undefined;
  /** Bytes. */
  readonly mtu?: number | undefined;
  readonly up: boolean;
  /** Its role as a bridge port. */
  readonly port?: {
    /** Undefined: it is not a bridge port. */
    readonly bridge: string | undefined;
    readonly hairpin: boolean;
    readonly isolated: boolean;
  };
  /** All addresses that it must have, besides the kernel's link-local ones. */
  readonly addresses: readonly string[];
}

/** The output that tells dependent resources that the interface was recreated. */
export const ifindex = {
  type: "number",
  description:
    "The kernel's index of the interface (of a veth pair: of the first end). It changes when the interface is recreated.",
};

/** The output that shows that a mark was removed by hand. */
export const marked = {
  type: "boolean",
  description:
    "`true`, unless somebody removed the interface's mark (its alias or group), renamed the interface or moved it to another namespace.",
  implied: true,
  default: true,
};

/** Whether an interface carries both parts of the mark. */
export function isMarked(link: Link, { mark, group }: Pick<WantedLink, "mark" | "group">): boolean {
  return link.alias === mark && link.group === group;
}

/**
 * The addresses that count for a resource that wants `wanted`: the kernel's own link-local ones are ignored unless they
 * are wanted.
 */
export function managedAddresses(link: Link, wanted: readonly string[]): string[] {
  const there = [...link.addresses, ...link.linkLocal.filter((address) => wanted.includes(address))];
  // In the requested order with others at the end, so that equal sets are equal lists.
  return [
    ...wanted.filter((address) => there.includes(address)),
    ...there.filter((address) => !wanted.includes(address)),
  ];
}

function planPort(link: Link, port: NonNullable<WantedLink["port"]>, set: (...args: string[]) => Command): Command[] {
  const { bridge, hairpin, isolated } = port;
  if (bridge === undefined) return link.master === undefined ? [] : [set("nomaster")];
  const moved = link.master !== bridge;
  const option = (name: string, wanted: boolean, there: boolean) =>
    // A port loses its settings when it leaves its bridge.
    wanted === (moved ? false : there) ? [] : [set("type", "bridge_slave", name, wanted ? "on" : "off")];
  return [
    ...(moved ? [set("master", bridge)] : []),
    ...option("hairpin", hairpin, link.hairpin),
    ...option("isolated", isolated, link.isolated),
  ];
}

/** The commands that turn an interface into what is wanted. */
export function planLink(link: Link, wanted: WantedLink): Command[] {
  const { namespace, name } = wanted;
  const set = (...args: (string | number)[]) => ip(namespace, "link", "set", "dev", name, ...args);
  const commands: Command[] = [];

  if (link.alias !== wanted.mark) commands.push(set("alias", wanted.mark));
  if (link.group !== wanted.group) commands.push(set("group", wanted.group));
  if (wanted.mac !== undefined && link.mac !== wanted.mac) commands.push(set("address", wanted.mac));
  if (wanted.mtu !== undefined && link.mtu !== wanted.mtu) commands.push(set("mtu", wanted.mtu));

  if (wanted.port) commands.push(...planPort(link, wanted.port, set));

  if (!wanted.up && link.up) commands.push(set("down"));
  // In the kernel's order, which determines which addresses are removed together.
  const there = [...link.addresses, ...link.linkLocal.filter((address) => wanted.addresses.includes(address))]
    // The kernel removes an interface's IPv6 addresses when it goes down (unless keep_addr_on_down is set).
    .filter((address) => wanted.up || !link.up || familyOf(address) === 4);
  commands.push(...planAddresses(namespace, link, there, wanted.addresses));
  if (wanted.up && !link.up) {
    // Neighbor discovery uses the link-local address, which would spend a second or two on duplicate address detection:
    // until then nothing could be sent from here by IPv6. The MAC address that it is derived from has no duplicate.
    const ipv6 = wanted.addresses.some((address) => familyOf(address) === 6);
    if (ipv6) commands.push(setSysctl(namespace, `net/ipv6/conf/${name}/dad_transmits`, "0"));
    commands.push(set("up"));
  }
  return commands;
}

function planAddresses(
  namespace: string | undefined,
  { name, kind, ifindex }: Link,
  there: readonly string[],
  wanted: readonly string[],
): Command[] {
  const ipv4 = (address: string) => familyOf(address) === 4;
  const isRemoved = (address: string) => !wanted.includes(address);
  // When the first IPv4 address of a network is deleted, the kernel deletes the others of that network as well.
  const firstOfNetwork = (address: string) => there.find((other) => sameNetwork(other, address))!;
  const droppedByKernel = there.filter(
    (address) => ipv4(address) && !isRemoved(address) && isRemoved(firstOfNetwork(address)),
  );
  const removed = [...droppedByKernel, ...there.filter(isRemoved)];
  const added = wanted.filter((address) => !there.includes(address) || droppedByKernel.includes(address));
  const change = (action: string, address: string, ...options: string[]) =>
    ip(namespace, "address", action, address, "dev", name, ...options);

  // An interface that loses its last IPv4 address loses all its routes, including those of other resources. Therefore
  // an address is added as a network of its own until the old ones are deleted. The ipvlan interfaces of a parent
  // cannot share an address: for them the placeholder is from the benchmarking range (RFC 2544), a different one for
  // each interface.
  const first = added.find(ipv4);
  const lastGoes = removed.some(ipv4) && !there.some((address) => ipv4(address) && !removed.includes(address));
  const placeholder =
    lastGoes && first !== undefined
      ? `${kind === "ipvlan" ? placeholderAddress(ifindex) : first.split("/")[0]!}/32`
      : undefined;
  const needsPlaceholder = placeholder !== undefined && ![...there, ...added].includes(placeholder);
  return [
    ...(needsPlaceholder ? [change("replace", placeholder)] : []),
    // Before adding new ones: an address may return with another prefix length.
    ...removed.map((address) => change("delete", address)),
    // `replace` turns an address with a limited lifetime into a permanent one. Without duplicate address detection an
    // IPv6 address is usable immediately instead of a second or two later.
    ...added.map((address) => change("replace", address, ...(ipv4(address) ? [] : ["nodad"]))),
    ...(needsPlaceholder ? [change("delete", placeholder)] : []),
  ];
}

const placeholderAddress = (ifindex: number) => `198.18.${(ifindex >> 8) & 255}.${ifindex & 255}`;

const sameNetwork = (a: string, b: string) => a.split("/")[1] === b.split("/")[1] && contains(a, b.split("/")[0]!);

/** An interface that was just created with this MAC address, MTU and group, and has nothing else yet. */
export function newLink(wanted: WantedLink, kind: string): Link {
  return {
    ifindex: 0,
    peer: undefined,
    name: wanted.name,
    kind,
    alias: undefined,
    group: wanted.group,
    mac: wanted.mac ?? "",
    mtu: wanted.mtu ?? 0,
    up: false,
    master: undefined,
    hairpin: false,
    isolated: false,
    addresses: [],
    linkLocal: [],
    info: {},
  };
}

/**
 * Whether an interface is this stack's: by its alias, or by its group if the run that created it died before it set an
 * alias.
 */
export function isOwnLink(link: Link, marks: readonly string[], group: number): boolean {
  return link.alias === undefined ? link.group === group : marks.includes(link.alias);
}

/**
 * Whether an interface that has lost every mark is nevertheless the recorded one, judging by its index and its Ethernet
 * address.
 */
export function isRecordedLink(link: Link, recorded: Readonly<Record<string, unknown>> | undefined): boolean {
  return (
    link.alias === undefined &&
    recorded?.ifindex === link.ifindex &&
    // Indexes repeat from boot to boot. An Ipvlan has its parent's Ethernet address, which proves nothing.
    recorded.mac !== undefined &&
    recorded.mac === link.mac
  );
}

/** What tells whose an interface is. */
interface LinkOwner {
  readonly marks: readonly string[];
  readonly group: number;
  readonly recorded?: Readonly<Record<string, unknown>> | undefined;
}

/** Whether an interface is of this kind and this stack's, or the recorded one that has lost its marks. */
export const isOwnInterface = (kind: string, link: Link, { marks, group, recorded }: LinkOwner): boolean =>
  link.kind === kind && (isOwnLink(link, marks, group) || isRecordedLink(link, recorded));

/** An MTU that is too small for IPv6. */
export const ipv6MtuProblems = (mtu: number | undefined, addresses: readonly string[]) =>
  mtu !== undefined && mtu < 1280 && addresses.some((address) => familyOf(address) === 6)
    ? [{ property: "mtu", message: "has to be at least 1280 where there are IPv6 addresses (RFC 8200)" }]
    : [];

/** A foreign interface in the place of the one that `property` names: whose it is, and what the user can do. */
export function foreignLink(property: string, found: Link, namespace: string | undefined, adoptable: boolean) {
  const what = `held by ${found.kind && !/^[aeiou]/.test(found.kind) ? "a" : "an"} ${found.kind ? `${found.kind} ` : ""}interface`;
  const where = namespace === undefined ? "ip" : `ip -n ${namespace}`;
  return {
    property,
    conflict: found.alias
      ? `${what} with the alias ${JSON.stringify(found.alias)}`
      : `${what} that this stack did not create`,
    mark: found.alias,
    // Hardware interfaces cannot be deleted.
    advice: found.kind
      ? `Choose another name, or remove it on the host: ${where} link delete ${found.name}`
      : "Choose another name.",
    adoptable,
  };
}
