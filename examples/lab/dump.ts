import type { Lab } from "./lab.ts";

/** Fields of `ip -json` that count, tick, or number things in the order of their making. */
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
  // What a bridge takes from its ports, and a macvlan from its parent when it is made.
  "tso_max_size",
]);

/** Every part is one command, run in the host's own network and in each of its named namespaces. */
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
  // Exit code 2 tells of settings that cannot be read while they are unset.
  sysctls: "grep -rs . /proc/sys/net/ipv4 /proc/sys/net/ipv6 || [ $? = 2 ]",
};

/** Of the host alone. */
const files =
  "find /etc/netns /etc/.netns* ! -type d -exec stat -c '%n %a %u:%g' {} + -exec grep -H '' {} + 2>/dev/null || :";

/**
 * A host's whole network state as text, without what changes by itself. A firewall table that was looked into stays
 * there with nothing in it and cannot be taken away again: it counts as not there.
 */
export async function dumpHost(lab: Pick<Lab, "exec">, host: string): Promise<string> {
  for (const until = Date.now() + 10_000; ;) {
    const dump = await takeDump(lab, host);
    // A link-local address waits a second or two for its duplicates, and its route comes after that.
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
  // One shell for all of it: a hundred single calls would be a hundred times the way into the namespaces.
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

/** Leaves out fields that change by themselves, at any depth; keys go in order. */
function steady(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(steady);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !volatileFields.has(key));
  return Object.fromEntries(
    kept.map(([key, inner]) => [key, steady(inner)] as const).sort(([a], [b]) => compare(a, b)),
  );
}

/** The tables that hold something; comments (dates, warnings) go. */
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

/** Only a table of the kind that iptables makes counts as not there when it is empty; anybody else's can be deleted. */
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
