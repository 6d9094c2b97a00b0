/** A look at a host, once in a run, for what its user should know and no resource can say. */
import { type FlushingService, flushingServices } from "../commands/services.js";
import type { Transport } from "../transport/transport.js";

const flushes: Readonly<Record<FlushingService, string>> = {
  networkd:
    "systemd-networkd runs there, and takes routes away that it did not make when it restarts; ManageForeignRoutes=no in /etc/systemd/networkd.conf lets them be",
  firewalld:
    "firewalld runs there with FirewallBackend=iptables, and a reload takes away rules that it did not make; FirewallBackend=nftables in /etc/firewalld/firewalld.conf lets them be",
  ufw: "ufw is on there with MANAGE_BUILTINS=yes, and a reload takes away rules that it did not make; MANAGE_BUILTINS=no in /etc/default/ufw lets them be",
};

/** Warnings about the host, for its user. One round trip. */
export async function preflight(transport: Transport): Promise<string[]> {
  const services = flushingServices();
  const [reply] = await transport.run({ commands: [services.command] });
  return (services.parse(reply!).value ?? []).map(
    (service) => `${flushes[service]}. \`pulumi up --refresh\` puts back what is gone`,
  );
}
