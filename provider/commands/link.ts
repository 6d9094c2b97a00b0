import { canonicalPrefix } from "../schema/address.js";
import { type CommandResult, type Fact, type Found, fact, ip } from "./command.js";
import { ipInNamespacesOfGroup, parseByNamespace } from "./in-namespaces.js";

/** A network interface as reported by `ip -d -j address show` (ip-link(8), ip-address(8)). */
export interface Link {
  readonly ifindex: number;
  /**
   * A veth's other end, or the interface that it is created on (a macvlan's parent): its name if it is in the same
   * namespace, else its ifindex there.
   */
  readonly peer: string | number | undefined;
  readonly name: string;
  /** `veth`, `bridge` …; undefined for hardware and lo. */
  readonly kind: string | undefined;
  readonly alias: string | undefined;
  readonly group: number;
  readonly mac: string;
  /** Bytes. */
  readonly mtu: number;
  readonly up: boolean;
  /** The bridge of which it is a port. */
  readonly master: string | undefined;
  readonly hairpin: boolean;
  readonly isolated: boolean;
  /** With prefix lengths, canonical, in the kernel's order; without those that the kernel assigned automatically. */
  readonly addresses: readonly string[];
  /** IPv6 link-local addresses, both the kernel's own and others, which cannot be distinguished. */
  readonly linkLocal: readonly string[];
  /**
   * What is specific to its kind, as in iproute2's JSON (`linkinfo.info_data`); each resource reads that of its own
   * kind.
   */
  readonly info: Readonly<Record<string, unknown>>;
}

/* The parts of iproute2's JSON that are read here. */
interface AddressJson {
  family: string;
  /** Missing if a filter removed the address. */
  local?: string;
  prefixlen: number;
  scope: string;
  dynamic?: boolean;
}
interface LinkJson {
  ifindex: number;
  link?: string;
  link_index?: number;
  ifname: string;
  flags: string[];
  mtu: number;
  master?: string;
  group: string;
  address: string;
  ifalias?: string;
  linkinfo?: {
    info_kind?: string;
    info_data?: Record<string, unknown>;
    info_slave_data?: { hairpin?: boolean; isolated?: boolean };
  };
  addr_info: AddressJson[];
}

function readLink(json: LinkJson): Link {
  const addresses = json.addr_info
    .filter(({ local, dynamic }) => local !== undefined && !dynamic)
    .map(({ local, prefixlen, family, scope }) => ({
      text: canonicalPrefix(`${local!}/${prefixlen}`),
      automatic: family === "inet6" && scope === "link",
    }));
  return {
    ifindex: json.ifindex,
    peer: json.link ?? json.link_index,
    name: json.ifname,
    kind: json.linkinfo?.info_kind,
    alias: json.ifalias,
    group: json.group === "default" ? 0 : Number(json.group),
    mac: json.address,
    mtu: json.mtu,
    up: json.flags.includes("UP"),
    master: json.master,
    hairpin: json.linkinfo?.info_slave_data?.hairpin ?? false,
    isolated: json.linkinfo?.info_slave_data?.isolated ?? false,
    addresses: addresses.filter(({ automatic }) => !automatic).map(({ text }) => text),
    linkLocal: addresses.filter(({ automatic }) => automatic).map(({ text }) => text),
    info: json.linkinfo?.info_data ?? {},
  };
}

/** Parses the output of `ip -d -j address show`. */
export function parseLinks(stdout: string): Link[] {
  // iproute2 prints an empty object for each interface that a filter excluded.
  return (JSON.parse(stdout || "[]") as Partial<LinkJson>[])
    .filter((json): json is LinkJson => json.ifname !== undefined)
    .map(readLink);
}

const linksInNamespaces = ipInNamespacesOfGroup("-d", "-j", "address", "show");
const linksIn = parseByNamespace((line) => new Map(parseLinks(line).map((link) => [link.name, link])));

/** One interface by its name. */
export function link(namespace: string | undefined, name: string): Fact<Found<Link>> {
  const command = ip(namespace, "-d", "-j", "address", "show", "dev", name);
  const answer = (result: CommandResult): Found<Link> | undefined => {
    const links = linksIn(result, namespace);
    const value = links?.get(name);
    if (value) return { value };
    // In the host's own namespace, the question only covers the stack's interfaces.
    return links && namespace !== undefined ? { missing: "object" } : undefined;
  };
  return { ...fact(command, (stdout) => parseLinks(stdout)[0]), shared: { ...linksInNamespaces, namespace, answer } };
}

/** An interface of the host itself that many resources are created on: one question for all of them. */
export function parentLink(name: string): Fact<Found<Link>> {
  const own = link(undefined, name);
  const question = { key: own.command.argv.join(" "), command: () => own.command, equallyCheap: true };
  return { ...own, shared: { ...question, answer: (result) => own.parse(result) } };
}

/** All interfaces of a namespace, including lo. */
export function links(namespace: string | undefined): Fact<Found<Link[]>> {
  const all = fact(ip(namespace, "-d", "-j", "address", "show"), parseLinks);
  if (namespace === undefined) return all;
  const answer = (result: CommandResult): Found<Link[]> | undefined => {
    const links = linksIn(result, namespace);
    return links && { value: [...links.values()] };
  };
  return { ...all, shared: { ...linksInNamespaces, namespace, answer } };
}

/** The interfaces of one group, which is a stack's: others can have thousands. */
export function linksOfGroup(namespace: string | undefined, group: number): Fact<Found<Link[]>> {
  return fact(ip(namespace, "-d", "-j", "address", "show", "group", group), parseLinks);
}

/** Up to this number of interfaces, all of a host's interfaces are listed. */
const maxUnfiltered = 200;

// `lo` always exists, so there is always an answer to read. -force ignores interfaces that are deleted between the two
// programs.
export const candidateLinksScript = `# interfaces with any stack's mark or of this group, and the other ends of their pairs
group=$1
[ "$(wc -l </proc/self/net/dev)" -gt ${maxUnfiltered} ] || exec ip -d -j address show
{
  echo lo
  ip -o -d link show | sed -nE "/ alias linuxnet:| group $group /!d
    / link-netns/s/^[0-9]+: ([^@ ]+)@[^ ]*: <.*/\\1/p; t
    s/^[0-9]+: ([^@ ]+)@([^ ]+): <.*/\\1\\n\\2/p; t
    s/^[0-9]+: ([^@ ]+): <.*/\\1/p"
} | sort -u | sed -n '/^NONE$/!s/^/address show dev /p' | ip -force -d -j -batch -`;

const isGoneMeanwhile = (line: string) => /^(?:Device "\S+" does not exist\.|Command failed -:\d+)$/.test(line);

/**
 * The host's own interfaces that may be a stack's, which are few even on a host with thousands. `group`: the stack's.
 */
export function candidateLinks(group: number): Fact<Found<Link[]>> {
  const command = { argv: ["sh", "-c", candidateLinksScript, "sh", String(group)] };
  const all = fact(command, (stdout) => stdout.split("\n").flatMap(parseLinks));
  return {
    command,
    parse: (result) => {
      const said = result.stderr.split("\n").filter((line) => line !== "" && !isGoneMeanwhile(line));
      const isWhole = result.exitCode === 1 && result.stdout !== "" && said.length === 0;
      return all.parse({ ...result, stderr: said.join("\n"), exitCode: isWhole ? 0 : result.exitCode });
    },
  };
}

/** A host's own interface, as far as one line of `ip -o link show` describes it. */
export interface HalfPair {
  readonly name: string;
  readonly alias: string | undefined;
}

/**
 * Lists the host's own ends of pairs of one group whose other end is in a namespace without a name in /run/netns:
 * iproute2 only knows that namespace's number.
 */
export const halfPairScript =
  '# pairs with an end in no named namespace\nlines=$(ip -o link show type veth group "$1") || exit; printf "%s\\n" "$lines" | grep -F " link-netnsid " || [ $? = 1 ]';

/** Parses what that prints. */
export function parseHalfPairs(stdout: string): HalfPair[] {
  return stdout.split("\n").flatMap((line) => {
    const name = /^\d+: ([^@:]+)@/.exec(line)?.[1];
    return name === undefined ? [] : [{ name, alias: /\\ {4}alias (\S+)/.exec(line)?.[1] }];
  });
}

/**
 * The host's own ends of this group's pairs whose other end is in a namespace that lost its name and is kept alive by a
 * process.
 */
export function halfPairs(group: number): Fact<Found<HalfPair[]>> {
  return fact({ argv: ["sh", "-c", halfPairScript, "sh", String(group)] }, parseHalfPairs);
}
