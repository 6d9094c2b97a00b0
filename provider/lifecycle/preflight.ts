/** Checks a host once per run for conditions that the user should know about and that no single resource can report. */
import { createHash } from "node:crypto";
import { type FlushingService, type HostFacts, type RejectingService, hostFacts } from "../commands/host-facts.js";
import type { FirewallChoice } from "../schema/host.js";
import type { Transport } from "../transport/transport.js";

export type { HostFacts };

const flushes: Readonly<Record<FlushingService, string>> = {
  networkd:
    "systemd-networkd runs there. When it restarts, it removes routes and routing policy rules that it did not create, unless /etc/systemd/networkd.conf has ManageForeignRoutes=no and ManageForeignRoutingPolicyRules=no and the .network file of its interface has KeepConfiguration=yes",
  firewalld:
    'firewalld runs there. A reload removes iptables rules that it did not create; with `firewall: "nftables"` for this host in the inventory, the rules are created with nft, and it leaves them alone',
  ufw: "ufw is enabled there with MANAGE_BUILTINS=yes. A reload removes rules that it did not create; with MANAGE_BUILTINS=no in /etc/default/ufw it leaves them alone",
};

const rejects: Readonly<Record<RejectingService, string>> = {
  firewalld:
    "firewalld runs there. It rejects packets from containers to other networks until their bridge is in its zone trusted: `firewall-cmd --permanent --zone=trusted --add-interface=BRIDGE && firewall-cmd --reload`",
};

/** One round trip. Undefined if the host does not provide what every Linux does. */
export async function preflight(transport: Transport): Promise<HostFacts | undefined> {
  const facts = hostFacts();
  const [reply] = await transport.run({ commands: [facts.command] });
  return facts.parse(reply!).value;
}

/** What the user should know about the host. `firewall`: the firewall that rules are created with there. */
export function warningsAbout({ flushing, rejecting }: HostFacts, firewall: FirewallChoice): string[] {
  // firewalld only removes rules of iptables.
  const flushed = flushing.filter((service) => service !== "firewalld" || firewall !== "nftables");
  return [
    ...flushed.map((service) => `${flushes[service]}. \`pulumi up --refresh\` puts back what is gone`),
    ...rejecting.map((service) => rejects[service]),
  ];
}

/**
 * Identifies the host's current boot, for a state to record. 32 of 128 bits: the state stores it with several
 * resources.
 */
export const bootOf = ({ bootId }: HostFacts): string => bootId.slice(0, 8);

/**
 * Identifies the machine, for a state to record and for errors to show: 8 hexadecimal digits from which its machine-id
 * or host key cannot be derived.
 */
export function machineIdOf({ machineId }: HostFacts): string | undefined {
  return machineId === undefined ? undefined : createHash("sha256").update(machineId).digest("hex").slice(0, 8);
}

/** When the host was booted, in UTC: `2026-11-21 09:20`. */
export const bootTimeOf = ({ bootedAt }: HostFacts): string => bootedAt.toISOString().slice(0, 16).replace("T", " ");

/**
 * The explanation for a missing resource that was created in an earlier boot; undefined if the host has not rebooted
 * since.
 */
export function rebootedSince(facts: HostFacts, madeIn: string): string | undefined {
  if (bootOf(facts) === madeIn) return undefined;
  return `it was booted at ${bootTimeOf(facts)} UTC, after this stack had made what is gone now; \`pulumi up\` puts it back`;
}
