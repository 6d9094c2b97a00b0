import { contains, familyOf } from "../schema/address.js";
import { type Command, ip } from "./command.js";
import type { Link } from "./link.js";
import { setSysctl } from "./sysctl.js";

/** What a resource wants of an interface; left out: as it is. Applies to interfaces of every kind. */
export interface WantedLink {
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly mark: string;
  readonly group: number;
  readonly mac?: string | undefined;
  /** Bytes. */
  readonly mtu?: number | undefined;
  readonly up: boolean;
  /** What it is a port of. */
  readonly port?: {
    /** Undefined: of no bridge. */
    readonly bridge: string | undefined;
    readonly hairpin: boolean;
    readonly isolated: boolean;
  };
  /** All that it is to have, beside link-local ones of the kernel's. */
  readonly addresses: readonly string[];
}

/** The output by which resources that stand on an interface see that it was made anew. */
export const ifindex = {
  type: "number",
  description:
    "The number that its kernel gives the interface (of a pair: the first end); another one when it was made anew.",
};

/** The output in which a mark that was taken off by hand shows. */
export const marked = {
  type: "boolean",
  description:
    "`true`, unless somebody took off the mark by which it is known as the stack's (its alias, its group), or renamed the interface or moved it to another namespace.",
  implied: true,
  default: true,
};

/** Whether a link carries both parts of the mark. */
export function isMarked(link: Link, { mark, group }: Pick<WantedLink, "mark" | "group">): boolean {
  return link.alias === mark && link.group === group;
}

/** The addresses that count for a resource which asks for `wanted`: the kernel's own link-local ones don't, unless asked for. */
export function managedAddresses(link: Link, wanted: readonly string[]): string[] {
  const there = [...link.addresses, ...link.linkLocal.filter((address) => wanted.includes(address))];
  // In the order asked for, others behind, so that equal sets are equal lists.
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
    // A port's settings are gone with the bridge that it leaves.
    wanted === (moved ? false : there) ? [] : [set("type", "bridge_slave", name, wanted ? "on" : "off")];
  return [
    ...(moved ? [set("master", bridge)] : []),
    ...option("hairpin", hairpin, link.hairpin),
    ...option("isolated", isolated, link.isolated),
  ];
}

/** The commands that turn an interface, as it is, into what is wanted. */
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
  // In the kernel's order, which says what goes along with what.
  const there = [...link.addresses, ...link.linkLocal.filter((address) => wanted.addresses.includes(address))]
    // The kernel drops an interface's IPv6 addresses as it goes down (unless keep_addr_on_down says otherwise).
    .filter((address) => wanted.up || !link.up || familyOf(address) === 4);
  commands.push(...planAddresses(namespace, link, there, wanted.addresses));
  if (wanted.up && !link.up) {
    // Neighbours are looked for from the link-local address, which would wait a second or two for its duplicates: until
    // then nothing could be sent from here by IPv6. The MAC address that it is made from has no duplicate.
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
  // Of the IPv4 addresses of one network the kernel keeps the later ones only as long as the first.
  const firstOfNetwork = (address: string) => there.find((other) => sameNetwork(other, address))!;
  const droppedByKernel = there.filter(
    (address) => ipv4(address) && !isRemoved(address) && isRemoved(firstOfNetwork(address)),
  );
  const removed = [...droppedByKernel, ...there.filter(isRemoved)];
  const added = wanted.filter((address) => !there.includes(address) || droppedByKernel.includes(address));
  const change = (action: string, address: string, ...options: string[]) =>
    ip(namespace, "address", action, address, "dev", name, ...options);

  // An interface that loses its last IPv4 address loses all its routes, other resources' too. So one comes as a
  // network of its own until the old ones are gone. The ipvlan interfaces of a parent can't have an address twice: there it is
  // one of the range for benchmarks (RFC 2544), another one for each interface.
  const first = added.find(ipv4);
  const lastGoes = removed.some(ipv4) && !there.some((address) => ipv4(address) && !removed.includes(address));
  const placeholder =
    lastGoes && first !== undefined
      ? `${kind === "ipvlan" ? placeholderAddress(ifindex) : first.split("/")[0]!}/32`
      : undefined;
  const needsPlaceholder = placeholder !== undefined && ![...there, ...added].includes(placeholder);
  return [
    ...(needsPlaceholder ? [change("replace", placeholder)] : []),
    // Before new ones come: an address can come back with another prefix length.
    ...removed.map((address) => change("delete", address)),
    // One that is there for a limited time only is replaced by a lasting one. Without duplicate address detection an
    // IPv6 address is usable at once, and not a second or two later.
    ...added.map((address) => change("replace", address, ...(ipv4(address) ? [] : ["nodad"]))),
    ...(needsPlaceholder ? [change("delete", placeholder)] : []),
  ];
}

const placeholderAddress = (ifindex: number) => `198.18.${(ifindex >> 8) & 255}.${ifindex & 255}`;

const sameNetwork = (a: string, b: string) => a.split("/")[1] === b.split("/")[1] && contains(a, b.split("/")[0]!);

/** An interface that has just been made with this MAC address and MTU and of this group, and has nothing else yet. */
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

/** Whether a link is this stack's: by its alias, or, where the run that made it died before it set one, by its group. */
export function isOwnLink(link: Link, marks: readonly string[], group: number): boolean {
  return link.alias === undefined ? link.group === group : marks.includes(link.alias);
}

/** Whether an interface that has lost every mark is the recorded one all the same: the number and the address that the kernel knows it by tell. */
export function isRecordedLink(link: Link, recorded: Readonly<Record<string, unknown>> | undefined): boolean {
  return (
    link.alias === undefined &&
    recorded?.ifindex === link.ifindex &&
    // Numbers repeat from boot to boot. An Ipvlan has its parent's address, which tells nothing.
    recorded.mac !== undefined &&
    recorded.mac === link.mac
  );
}

/** Somebody else's interface in the place of the one that `property` names: whose it is, and what the user can do. */
export function foreignLink(property: string, found: Link, namespace: string | undefined, adoptable: boolean) {
  const what = `held by ${found.kind && !/^[aeiou]/.test(found.kind) ? "a" : "an"} ${found.kind ? `${found.kind} ` : ""}interface`;
  const where = namespace === undefined ? "ip" : `ip -n ${namespace}`;
  return {
    property,
    conflict: found.alias
      ? `${what} with the alias ${JSON.stringify(found.alias)}`
      : `${what} that this stack did not make`,
    mark: found.alias,
    // The kernel deletes no hardware.
    advice: found.kind
      ? `Choose another name, or remove it on the host: ${where} link delete ${found.name}`
      : "Choose another name.",
    adoptable,
  };
}
