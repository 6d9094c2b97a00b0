/** Facts about a host other than those that resources ask for. */
import { type Fact, type Found, fact } from "./command.js";
import type { ManagementPath } from "./management-path.js";

/** A service that runs or is enabled, with a configuration that makes it flush what it did not create. */
export type FlushingService = "networkd" | "firewalld" | "ufw";

/** A service that runs and rejects traffic from containers to other networks until the user allows it. */
export type RejectingService = "firewalld";

/** What a host reports about itself. */
export interface HostFacts {
  /** Changes with each boot: `boot_id` of random(4). */
  readonly bootId: string;
  /** Identifies the host's network in this boot: two hosts with the same value are one. */
  readonly machine: string;
  /**
   * Identifies the machine across boots: its machine-id(5), which must not be shown, or else its SSH host key;
   * undefined if it has neither.
   */
  readonly machineId: string | undefined;
  /** When it was booted: `btime` of proc_stat(5). */
  readonly bootedAt: Date;
  /** Its kernel's version, such as `6.18.0`. */
  readonly kernel: string;
  /** Running services that configure networks, by process name, cut after 15 characters. */
  readonly services: readonly string[];
  /** The services that will remove what they did not create. */
  readonly flushing: readonly FlushingService[];
  /** The services that reject traffic that they do not know. */
  readonly rejecting: readonly RejectingService[];
  /** The path by which it is managed; undefined if that is unknown or not SSH. */
  readonly managementPath: ManagementPath | undefined;
}

// A process's name is cut after 15 characters (proc_pid_comm(5)). The settings are those of networkd.conf(5),
// firewalld.conf(5) and ufw-framework(8), with the values that cause the behavior.
const script = `# what a host says of itself, and which services it has that see to networks
read -r boot </proc/sys/kernel/random/boot_id && echo "boot $boot"
echo "net $(readlink /proc/self/ns/net)"
{ read -r id </etc/machine-id && echo "id $id"; } 2>/dev/null
for kind in ed25519 ecdsa rsa; do
  { read -r _ key _ </etc/ssh/ssh_host_\${kind}_key.pub && echo "key $key"; } 2>/dev/null && break
done
while read -r key value _; do [ "$key" != btime ] || echo "at $value"; done </proc/stat
read -r kernel </proc/sys/kernel/osrelease && echo "kernel $kernel"
# The SSH connection that this comes by, which sudo keeps to itself.
pid=$$ way=$SSH_CONNECTION
while [ -z "$way" ] && [ "\${pid:-1}" -gt 1 ]; do
  way=$(tr '\\000' '\\n' <"/proc/$pid/environ" 2>/dev/null | grep '^SSH_CONNECTION=') way=\${way#*=}
  pid=$(grep -s '^PPid:' "/proc/$pid/status") pid=\${pid##*[!0-9]}
done
set -- $way
if [ $# = 4 ]; then
  client=\${1#::ffff:} server=\${3#::ffff:}
  said=$(ip -o route get "$client" from "$server" 2>/dev/null) device=\${said#* dev } device=\${device%% *}
  echo "client $client"; echo "server $server"; echo "device $device"
  ip -o address show dev "$device" 2>/dev/null | while read -r _ _ _ address _; do echo "address $address"; done
fi
running=$(grep -hsx -e systemd-network -e NetworkManager -e firewalld -e dockerd /proc/[0-9]*/comm | sort -u)
for name in $running; do echo "runs $name"; done
runs() { case "
$running
" in *"
$1
"*) ;; *) return 1 ;; esac; }
if runs systemd-network; then
  lets=$(grep -Eohsi -e '^ManageForeign(Routes|RoutingPolicyRules)=(no|false|0|off|n|f)$' -e '^KeepConfiguration=(yes|true|1|on|y|t)$' \\
    /etc/systemd/networkd.conf /etc/systemd/networkd.conf.d/*.conf /run/systemd/networkd.conf.d/*.conf \\
    /etc/systemd/network/*.network /etc/systemd/network/*.network.d/*.conf /run/systemd/network/*.network)
  for setting in ManageForeignRoutes ManageForeignRoutingPolicyRules KeepConfiguration; do
    case $lets in *"$setting="*) ;; *) echo flushes networkd; break ;; esac
  done
fi
if runs firewalld; then
  # From version 2 on it leaves iptables' rules alone, unless it makes some itself.
  version=$(grep -hs '^VERSION = ' /usr/lib/python3*/*-packages/firewall/config/__init__.py) version=\${version#*\\"}
  case $version in [2-9].*) own=$(grep -s '^FirewallBackend=iptables' /etc/firewalld/firewalld.conf; grep -s -e '<rule' -e '<passthrough' /etc/firewalld/direct.xml) ;; *) own=all ;; esac
  [ -z "$own" ] || echo flushes firewalld
  zones=$(nft list table inet firewalld 2>/dev/null | grep -E '(iifname|saddr) .*(goto|jump) filter_FWDI?_trusted' || :)
  [ "$zones" ] || echo rejects firewalld
fi
if grep -qsx 'ENABLED=yes' /etc/ufw/ufw.conf; then
  echo runs ufw
  if grep -qsx 'MANAGE_BUILTINS=yes' /etc/default/ufw; then echo flushes ufw; fi
fi`;

/** What a host reports about itself. */
export function hostFacts(): Fact<Found<HostFacts>> {
  return fact({ argv: ["sh", "-c", script] }, (stdout) => {
    const said = Map.groupBy(
      stdout.split("\n").map((line) => line.split(" ") as [string, string?]),
      ([key]) => key,
    );
    const values = (key: string) => (said.get(key) ?? []).map(([, value = ""]) => value);
    const [bootId, bootedAt, kernel = "", network = ""] = ["boot", "at", "kernel", "net"].map((key) => values(key)[0]);
    const [[id], [key]] = [values("id"), values("key")];
    const [client, server, device] = ["client", "server", "device"].map((key) => values(key)[0]);
    if (bootId === undefined) return undefined;
    return {
      bootId,
      machine: `${bootId} ${network}`,
      machineId: /^[0-9a-f]{32}$/.test(id ?? "") ? id : key,
      bootedAt: new Date(Number(bootedAt) * 1000),
      kernel,
      services: values("runs"),
      flushing: values("flushes") as FlushingService[],
      rejecting: values("rejects") as RejectingService[],
      // A link-local address includes its interface and exists on no other one.
      managementPath:
        client && server && device && !client.includes("%")
          ? { client, server, device, addresses: values("address") }
          : undefined,
    };
  });
}
