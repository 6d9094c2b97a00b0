import { familyOf } from "../schema/address.js";
import { type Command, type CommandResult, type Fact, type Found, fact, ip } from "./command.js";
import { bridgeInNamespaces, parseByNamespace } from "./in-namespaces.js";
import { addLinkInNamespace } from "./link-in-namespace.js";
import type { WantedLink } from "./link-plan.js";
import type { Link } from "./link.js";

/* Flooding: bridge(8), fdb; Documentation/networking/vxlan.rst. */

/**
 * The Ethernet address of the entries that tell a vxlan where to send broadcast, multicast and unknown unicast frames.
 */
const floodMac = "00:00:00:00:00:00";

/** A destination to which a vxlan sends a copy of each such frame. */
export interface FloodEntry {
  /** The IP address of a host or a multicast group. */
  readonly to: string;
  /** Whether it is bound to one outgoing interface. */
  readonly bound: boolean;
  /** Distinguishes it from others with the same address, as options of `bridge fdb`. */
  readonly options: readonly string[];
}

interface EntryJson {
  mac: string;
  ifname?: string;
  dst?: string;
  port?: number;
  vni?: number;
  viaIf?: string;
  viaIfIndex?: number;
}

function readEntries(entries: readonly EntryJson[]): FloodEntry[] {
  return entries.flatMap(({ mac, dst, port, vni, viaIf, viaIfIndex }) => {
    if (mac !== floodMac || dst === undefined) return [];
    const via = viaIf ?? (viaIfIndex === undefined ? undefined : `if${viaIfIndex}`);
    const options = Object.entries({ port, vni, via }).flatMap(([name, value]) =>
      value === undefined ? [] : [name, String(value)],
    );
    return [{ to: dst, bound: via !== undefined, options }];
  });
}

const entriesIn = (stdout: string) => JSON.parse(stdout || "[]") as EntryJson[];

const bridgeIn = (namespace: string | undefined) => ["bridge", ...(namespace === undefined ? [] : ["-n", namespace])];

const everyEntry = bridgeInNamespaces("-j", "fdb", "show");
const entriesByLink = parseByNamespace((line) => Map.groupBy(entriesIn(line), ({ ifname = "" }) => ifname));

/** The flood entries of the vxlan with this name. */
export function floodEntries(namespace: string | undefined, name: string): Fact<Found<FloodEntry[]>> {
  const answer = (result: CommandResult): Found<FloodEntry[]> | undefined => {
    const links = entriesByLink(result, namespace);
    return links && { value: readEntries(links.get(name) ?? []) };
  };
  const command: Command = { argv: [...bridgeIn(namespace), "-j", "fdb", "show", "dev", name] };
  return { ...fact(command, (stdout) => readEntries(entriesIn(stdout))), shared: { ...everyEntry, namespace, answer } };
}

/** Removes entries and adds others, in one process. Other entries are not touched and stay in use. */
export function changeFloodEntries(
  namespace: string | undefined,
  name: string,
  gone: readonly FloodEntry[],
  come: readonly string[],
): Command[] {
  const line = (action: string, to: string, options: readonly string[] = []) =>
    `${["fdb", action, floodMac, "dev", name, "dst", to, ...options].join(" ")}\n`;
  // Old entries are deleted first: while one with other options for the same address exists, it would be taken
  // for the new one.
  const lines = [
    ...gone.map(({ to, options }) => line("delete", to, options)),
    ...come.map((to) => line("append", to)),
  ];
  return lines.length === 0 ? [] : [{ argv: [...bridgeIn(namespace), "-batch", "-"], stdin: lines.join("") }];
}

/* The interface itself: ip-link(8), TYPE vxlan. */

/** The options that only a vxlan has. */
export interface VxlanOptions {
  readonly vni: number;
  readonly local: string;
  readonly group?: string | undefined;
  readonly device?: string | undefined;
  readonly port: number;
  readonly learning: boolean;
}

/** The same as reported by the kernel. */
export interface FoundOptions extends Omit<VxlanOptions, "local"> {
  readonly local: string | undefined;
  /** A unicast address that was set in place of a group. */
  readonly remote: string | undefined;
}

/** The `device` is a name in the interface's own namespace, or `if` followed by its index. */
export function readOptions({ info }: Link, entries: readonly FloodEntry[]): FoundOptions {
  const address = (name: string) => (info[name] ?? info[`${name}6`]) as string | undefined;
  const group = address("group");
  return {
    vni: info.id as number,
    local: address("local"),
    remote: address("remote"),
    // The kernel keeps a group's address even if nothing is sent there any more.
    group: entries.some((entry) => isOfGroup(entry, group)) ? group : undefined,
    device: info.link as string | undefined,
    port: info.port as number,
    learning: info.learning === true,
  };
}

/** Whether it is the entry that the kernel creates with a group. */
export const isOfGroup = ({ to, bound }: FloodEntry, group: string | undefined) => bound && to === group;

/** Changes the options that can be changed in place. */
export function changeOptions(
  { namespace, name, local, learning, remotes }: Place & VxlanOptions & { readonly remotes: readonly string[] },
  found: FoundOptions,
): Command[] {
  const options = [
    ...(found.local === local ? [] : ["local", local]),
    // Its entry is removed with it.
    ...(found.remote === undefined || remotes.includes(found.remote)
      ? []
      : ["remote", familyOf(local) === 4 ? "0.0.0.0" : "::"]),
    ...(found.learning === learning ? [] : [learningOption(learning)]),
  ];
  return options.length > 0 ? [ip(namespace, "link", "set", "dev", name, "type", "vxlan", ...options)] : [];
}

const learningOption = (learning: boolean) => (learning ? "learning" : "nolearning");

/** Where an interface is. */
interface Place {
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** Creates it. Its sockets are in the host's own namespace, whichever namespace the interface is in. */
export function addVxlan(link: WantedLink, { vni, local, group, device, port, learning }: VxlanOptions): Command {
  const option = (name: string, value: string | number | undefined) => (value === undefined ? [] : [name, value]);
  const { namespace } = link;
  const words = [
    ...["name", link.name, "group", link.group],
    ...option("address", link.mac),
    ...option("mtu", link.mtu),
    ...option("netns", namespace),
    ...["type", "vxlan", "id", vni, "local", local],
    ...option("group", group),
    ...option("dev", device),
    ...["dstport", port],
    ...(learning ? [] : [learningOption(learning)]),
  ];
  return namespace === undefined ? ip(undefined, "link", "add", ...words) : addLinkInNamespace(link.name, ...words);
}
