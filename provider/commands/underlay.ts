/**
 * The underlay: the network that carries encapsulated packets. It is the host's own, whichever namespace the overlay's
 * interface is in.
 */
import { familyOf } from "../schema/address.js";
import { type Command, type Fact, type Found, fact } from "./command.js";

/**
 * Prints the routes from the address $1 to the other addresses and the interfaces that they use; if there is no route,
 * the interface that has the address. Each is a line of JSON.
 */
const underlayScript = `# the ways from one address to others
local=$1; shift
ways=$(for remote; do ip -j route get "$remote" from "$local" 2>/dev/null; done)
devices=$(printf '%s\\n' "$ways" | sed -n 's/.*"dev":"\\([^"]*\\)".*/\\1/p' | sort -u)
[ "$devices" ] || devices=$(ip -o address show to "$local" | sed -n '1s/^[0-9]*: *\\([^ ]*\\).*/\\1/p')
printf '%s\\n' "$ways"
for device in $devices; do ip -j link show dev "$device"; done`;

interface RouteJson {
  dev?: string;
  ifname?: string;
  mtu?: number;
  expires?: number;
  metrics?: { mtu?: number }[];
}

/** The smallest MTU in bytes of the routes from a local address to others. */
export function underlayMtu(local: string, remotes: readonly string[]): Fact<Found<number>> {
  const command: Command = { argv: ["sh", "-c", underlayScript, "sh", local, ...remotes] };
  const whole = fact(command, (stdout) => {
    const lines = stdout.split("\n").flatMap((line) => (line === "" ? [] : (JSON.parse(line) as RouteJson[])));
    // What the kernel has learned about a path is only valid for a few minutes.
    const ofRoutes = lines.flatMap(({ dev, expires, metrics = [] }) =>
      dev === undefined || expires !== undefined ? [] : metrics.flatMap(({ mtu }) => mtu ?? []),
    );
    const ofDevices = lines.flatMap(({ ifname, mtu }) => (ifname === undefined ? [] : (mtu ?? [])));
    return ofDevices.length === 0 ? undefined : Math.min(...ofRoutes, ...ofDevices);
  });
  // Many vxlans of a host lead to the same addresses.
  const key = ["underlay", local, ...remotes].join(" ");
  return { ...whole, shared: { key, command: () => command, answer: (result) => whole.parse(result) } };
}

/** The overhead in bytes of a packet in a vxlan: the inner Ethernet header and the outer IP, UDP and VXLAN headers. */
export const encapsulation = (address: string) => (familyOf(address) === 4 ? 50 : 70);
