import { type TestHost, namesOnDisk } from "./test-host.js";

/**
 * The state of one network namespace. A table that was used once remains, empty, so only rules and the provider's own
 * chains are listed.
 */
const inNamespace = [
  "ip -d address",
  "ip -4 route show table all; ip -6 route show table all; ip -4 rule; ip -6 rule",
  "iptables-save | grep -e ^-A -e ^:LINUXNET; ip6tables-save | grep -e ^-A -e ^:LINUXNET",
  "cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/*/route_localnet",
].join("; ");

const everywhere = [
  "find /run/linuxnet -type f -exec grep -H . {} + 2>/dev/null",
  namesOnDisk,
  inNamespace,
  // Faster than `ip netns exec`, which mounts a /sys for each command.
  `for ns in $(ls /run/netns); do echo namespace $ns; nsenter --net=/run/netns/$ns sh -c '${inNamespace}'; done 2>&1; true`,
].join("; ");

/**
 * Everything that the provider may have left on a host, line by line. The lines are sorted, because the kernel lists
 * recreated objects last.
 */
export function traces(host: TestHost): string[] {
  let namespace = "";
  let device = "";
  return host
    .sh(everywhere)
    .split("\n")
    .flatMap((line) => {
      namespace = /^namespace (.*)/.exec(line)?.[1] ?? namespace;
      device = /^\d+: ([^:@]+)/.exec(line)?.[1] ?? device;
      const text = withoutChance(line);
      return text === "" ? [] : [[namespace, line.startsWith(" ") ? `${device}: ` : "", text].join(" ")];
    })
    .sort();
}

/** A line without what changes by itself or has another number each time; empty if nothing else remains. */
function withoutChance(line: string): string {
  // The kernel adds link-local addresses and their routes a moment later.
  if (/\bfe80:|\bff00::\/8 /.test(line)) return "";
  return (
    line
      .replace(/^\d+: /, "")
      // An interface gets its queue when it is first up, and keeps it; its carrier comes a moment later.
      .replaceAll(/qdisc (noop|noqueue) |NO-CARRIER,|,LOWER_UP|,M-DOWN|state [A-Z]+ |linkdown ?/g, "")
      .replaceAll(/valid_lft \S+|preferred_lft \S+|_timer +[\d.]+|tso_max_size \d+/g, "")
      // Bridge ports start to learn and forward in their own time.
      .replaceAll(/state (disabled|listening|learning|forwarding|blocking) |topology_change\w* \d+/g, "")
      .replaceAll(/(designated_cost|root_port|hello_time|max_age) \d+/g, "")
      // Numbers that differ for another interface, namespace or port.
      .replaceAll(/@if\d+|link-netnsid \d+|(port_id|port_no|designated_port) \w+/g, "")
      .trim()
  );
}
