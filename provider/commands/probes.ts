/** What resources need from a host, and commands that check whether the host has it. They leave nothing behind. */
import type { FirewallChoice } from "../schema/host.js";
import type { Command } from "../transport/transport.js";
import { makeTable } from "./nftables.js";
import { type ToolName, toolCheck } from "./tools.js";

/** A program with certain abilities or a kernel feature that several resources need. */
export type CommonNeed = "ip" | "namespaces" | "veth" | "bridge" | "iptables" | "ip6tables" | "nft" | "flock";

/** What a resource needs. A command fails if the host lacks it, and leaves nothing behind. */
export type Need = CommonNeed | Command;

/** An argument list that runs in a temporary network namespace. */
export const inTemporaryNamespace = (...argv: string[]) => ["unshare", "--net", ...argv];

/** Rules with everything that the resources' rules use. */
const rules = (target: string) => `*raw
-A PREROUTING -i a0 -m comment --comment "linuxnet:probe" -j DROP
COMMIT
*mangle
-A FORWARD -i a0 -o a0 -p tcp -m tcp --dport 1 -m conntrack --ctstate DNAT -j MARK --set-xmark 0x1/0x1
COMMIT
*nat
:LINUXNET-PROBE - [0:0]
-A PREROUTING -p udp -m addrtype --dst-type LOCAL -m udp --dport 1 -j DNAT --to-destination ${target}
-A POSTROUTING -o a0 -m mark --mark 0x1/0x1 -j MASQUERADE
-A LINUXNET-PROBE -j RETURN
COMMIT
`;

/** Each fails if the host lacks it, with a reply that says what is missing. */
export const probes: Readonly<Record<CommonNeed, Command>> = {
  ip: { argv: ["ip", "-N", "-d", "-j", "link", "show", "dev", "lo"] },
  namespaces: { argv: inTemporaryNamespace("true") },
  veth: { argv: inTemporaryNamespace("ip", "link", "add", "name", "a0", "type", "veth", "peer", "name", "a1") },
  bridge: { argv: inTemporaryNamespace("ip", "link", "add", "name", "a0", "type", "bridge") },
  iptables: { argv: inTemporaryNamespace("iptables-restore", "--noflush", "-w", "10"), stdin: rules("192.0.2.1:1") },
  ip6tables: {
    argv: inTemporaryNamespace("ip6tables-restore", "--noflush", "-w", "10"),
    stdin: rules("[2001:db8::1]:1"),
  },
  nft: makeTable({ argv: inTemporaryNamespace("sh") }),
  // BusyBox's flock has no -w.
  flock: { argv: ["flock", "-w", "1", "/", "true"] },
};

/** The tool that this needs, if its version matters. */
export function toolOf(need: Need): ToolName | undefined {
  if (need === "ip6tables") return "iptables";
  return need === "ip" || need === "iptables" || need === "nft" ? need : undefined;
}

/** The checks of the tools for these needs, on a host whose rules are created with this firewall. */
export function toolChecks(needs: readonly Need[], firewall: FirewallChoice): Command[] {
  const ofRules = {
    iptables: toolCheck("iptables"),
    nftables: toolCheck("nft"),
    auto: toolCheck("iptables", "nft"),
  };
  const wanted = new Set(needs.flatMap((need) => toolOf(need) ?? []));
  return [...wanted].map((tool) => (tool === "iptables" ? ofRules[firewall] : toolCheck(tool)));
}
