/** A look at a host, once in a run, for what its user should know and no resource can say. */
import { type FlushingService, type HostFacts, hostFacts } from "../commands/host-facts.js";
import type { Transport } from "../transport/transport.js";

export type { HostFacts };

const flushes: Readonly<Record<FlushingService, string>> = {
  networkd:
    "systemd-networkd runs there, and takes routes away that it did not make when it restarts; ManageForeignRoutes=no in /etc/systemd/networkd.conf lets them be",
  firewalld:
    "firewalld runs there with FirewallBackend=iptables, and a reload takes away rules that it did not make; FirewallBackend=nftables in /etc/firewalld/firewalld.conf lets them be",
  ufw: "ufw is on there with MANAGE_BUILTINS=yes, and a reload takes away rules that it did not make; MANAGE_BUILTINS=no in /etc/default/ufw lets them be",
};

/** One round trip. Undefined where the host does not say what every Linux says. */
export async function preflight(transport: Transport): Promise<HostFacts | undefined> {
  const facts = hostFacts();
  const [reply] = await transport.run({ commands: [facts.command] });
  return facts.parse(reply!).value;
}

/** What the host's user should know. */
export function warningsAbout({ flushing }: HostFacts): string[] {
  return flushing.map((service) => `${flushes[service]}. \`pulumi up --refresh\` puts back what is gone`);
}

/** Which boot of the host it is, for a state to remember. 32 bits of 128: a state has it with every resource. */
export const bootOf = ({ bootId }: HostFacts): string => bootId.slice(0, 8);

/** When the host was booted, in UTC: `2026-11-21 09:20`. */
export const bootTimeOf = ({ bootedAt }: HostFacts): string => bootedAt.toISOString().slice(0, 16).replace("T", " ");

/** What there is to say where a resource is gone that was made in an earlier boot; undefined: it was this one. */
export function rebootedSince(facts: HostFacts, madeIn: string): string | undefined {
  if (bootOf(facts) === madeIn) return undefined;
  return `it was booted at ${bootTimeOf(facts)} UTC, after this stack had made what is gone now; \`pulumi up\` puts it back`;
}
