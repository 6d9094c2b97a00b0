/** Services on a host that take away what they did not make. */
import { type Fact, type Found, fact } from "./command.js";

/** A service that runs, or is switched on, with a configuration by which it flushes what is not its own. */
export type FlushingService = "networkd" | "firewalld" | "ufw";

// A process's name is cut after 15 characters (proc_pid_comm(5)). The settings are those of networkd.conf(5),
// firewalld.conf(5) and ufw-framework(8), each with the value that does it.
const script = `# services that flush what they did not make
runs() { grep -qsx "$1" /proc/[0-9]*/comm; }
if runs systemd-network && ! grep -Eqsi '^ManageForeignRoutes=(no|false|0|off|n|f)$' \\
  /etc/systemd/networkd.conf /etc/systemd/networkd.conf.d/*.conf /run/systemd/networkd.conf.d/*.conf; then echo networkd; fi
if runs firewalld && grep -qsx 'FirewallBackend=iptables' /etc/firewalld/firewalld.conf; then echo firewalld; fi
if grep -qsx 'ENABLED=yes' /etc/ufw/ufw.conf && grep -qsx 'MANAGE_BUILTINS=yes' /etc/default/ufw; then echo ufw; fi`;

/** The services of that kind that a host has. */
export function flushingServices(): Fact<Found<FlushingService[]>> {
  return fact(
    { argv: ["sh", "-c", script] },
    (stdout) => stdout.split("\n").filter((line) => line !== "") as FlushingService[],
  );
}
