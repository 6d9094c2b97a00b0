import type { Lab } from "./lab.ts";

/** Fields of `ip -json` that are counters, timers, or numbers in order of creation. */
const volatileFields = new Set([
  "ifindex",
  "link_index",
  "link_netnsid",
  "iflink",
  "stats",
  "stats64",
  "hello_timer",
  "tcn_timer",
  "topology_change_timer",
  "gc_timer",
  "forward_delay_timer",
  "hold_timer",
  "message_age_timer",
  "expires",
  "used",
  "age",
  "nsid",
  // A bridge derives it from its ports, and a macvlan copies it from its parent when it is created.
  "tso_max_size",
]);

/** The parts of a dump. Each is one command that runs in the host's own network and in each of its named namespaces. */
const parts: Readonly<Record<string, string>> = {
  links: "ip -json -details link show",
  addresses: "ip -json address show",
  "routes, IPv4": "ip -json -4 route show table all",
  "routes, IPv6": "ip -json -6 route show table all",
  "rules, IPv4": "ip -json -4 rule show",
  "rules, IPv6": "ip -json -6 rule show",
  "iptables, IPv4": "iptables-save",
  "iptables, IPv6": "ip6tables-save",
  nftables: "nft --stateless list ruleset",
  // grep exits with code 2 because some settings cannot be read while they are unset.
  sysctls: "grep -rs . /proc/sys/net/ipv4 /proc/sys/net/ipv6 || [ $? = 2 ]",
};

/** Prints the files of namespaces in /etc. Runs once per host. */
const files =
  "find /etc/netns /etc/.netns* ! -type d -exec stat -c '%n %a %u:%g' {} + -exec grep -H '' {} + 2>/dev/null || :";

/**
 * The complete network state of a host as text, without what changes by itself. Listing an iptables table can create it
 * empty, and iptables cannot delete it, so empty tables are left out.
 */
export async function dumpHost(lab: Pick<Lab, "exec">, host: string): Promise<string> {
  for (const until = Date.now() + 10_000; ;) {
    const dump = await takeDump(lab, host);
    // A link-local address is tentative for a second or two, and its route is added only after that.
    if (!dump.includes('"tentative":true') || Date.now() >= until) return dump;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function takeDump(lab: Pick<Lab, "exec">, host: string): Promise<string> {
  const { stdout: list } = await lab.exec(host, ["ip", "netns", "list"]);
  const namespaces = list
    .split("\n")
    .flatMap((line) => line.split(" ")[0] || [])
    .sort();
  // One shell for all commands, because entering the host's namespaces for each of a hundred commands is slow.
  const script = `
    show() { title=$1; shift; echo "=== $title"; "$@" sh -c "$command" || exit; }
    everywhere() { show "host: $1"; for namespace in $namespaces; do show "$namespace: $1" ip netns exec "$namespace"; done; }
    ${Object.entries(parts)
      .map(([title, command]) => `command='${command}'; everywhere '${title}'`)
      .join("\n")}
    echo "=== host: files of namespaces"; ${files}`;
  const { stdout } = await lab.exec(host, ["sh", "-c", script], { env: { namespaces: namespaces.join(" ") } });
  const sections = stdout
    .split(/^=== /m)
    .slice(1)
    .map((section) => {
      const end = section.indexOf("\n");
      const title = section.slice(0, end === -1 ? undefined : end);
      return { title, body: normalise(title.slice(title.indexOf(": ") + 2), end === -1 ? "" : section.slice(end + 1)) };
    });
  sections.sort(
    (a, b) => Number(b.title.startsWith("host:")) - Number(a.title.startsWith("host:")) || compare(a.title, b.title),
  );
  const header = `=== namespaces\n${namespaces.join("\n")}\n`;
  return header + sections.map(({ title, body }) => `=== ${title}\n${body}\n`).join("");
}

function normalise(part: string, text: string): string {
  if (text.startsWith("["))
    return (JSON.parse(text) as unknown[])
      .map((entry) => JSON.stringify(steady(entry)))
      .sort()
      .join("\n");
  const lines = text.split("\n").filter((line) => line !== "");
  if (part.startsWith("iptables")) return tables(lines, "*", isEmptyIptables).replace(/ ?\[\d+:\d+\]$/gm, "");
  if (part === "nftables") return tables(lines, "table ", isEmptyNftables);
  return lines.sort().join("\n");
}

/** Removes fields that change by themselves, at any depth, and sorts the keys. */
function steady(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(steady);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !volatileFields.has(key));
  return Object.fromEntries(
    kept.map(([key, inner]) => [key, steady(inner)] as const).sort(([a], [b]) => compare(a, b)),
  );
}

/** The tables that are not empty, without comments (dates, warnings). */
function tables(lines: readonly string[], start: string, isEmpty: (table: string[]) => boolean): string {
  const found: string[][] = [];
  for (const line of lines.filter((candidate) => !candidate.startsWith("#"))) {
    if (line.startsWith(start)) found.push([line]);
    else found.at(-1)?.push(line);
  }
  return found
    .filter((table) => !isEmpty(table))
    .flat()
    .join("\n");
}

function isEmptyIptables([, ...lines]: string[]): boolean {
  return lines.every((line) => /^(COMMIT$|:[A-Z]+ ACCEPT )/.test(line));
}

/**
 * Whether a table is empty and is one of those that iptables creates. All other tables can be deleted, so they count.
 */
function isEmptyNftables([table = "", ...lines]: string[]): boolean {
  const made = /^table ip6? (nat|filter|mangle|raw|security) \{$/.test(table);
  return (
    made &&
    lines.every((line) => /^\s*(chain [A-Z]+ \{|type \S+ hook \S+ priority [^;]+; policy accept;|\})$/.test(line))
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
