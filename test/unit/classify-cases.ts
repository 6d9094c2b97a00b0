import { writeFileScript } from "../../provider/commands/netns-files.js";
import type { FailureKind } from "../../provider/commands/failure.js";

/** A command that fails on a real host, and the meaning of its reply. */
export interface FailureCase {
  readonly title: string;
  /** Shell lines that set up its surroundings. */
  readonly around?: string;
  readonly argv: readonly string[];
  readonly kind: FailureKind;
}

const ip = (line: string) => ["ip", ...line.split(" ")];
const sh = (line: string) => ["sh", "-c", line];

export const failures: readonly FailureCase[] = [
  { title: "a link that is not there", argv: ip("-d -j address show dev br0"), kind: "no-object" },
  { title: "delete of a link that is not there", argv: ip("link delete dev br0"), kind: "no-object" },
  { title: "an address that is not there", argv: ip("address delete 10.0.0.1/24 dev lo"), kind: "no-object" },
  { title: "a route that is not there", argv: ip("route delete 10.0.0.0/8 metric 5"), kind: "no-object" },
  {
    title: "a routing table that is not there",
    argv: ip("-4 -N -d -j route show table 77 exact 0.0.0.0/0"),
    kind: "no-object",
  },
  {
    title: "an IPv6 routing table that is not there",
    argv: ip("-6 -N -d -j route show table 77 exact ::/0"),
    kind: "no-object",
  },
  { title: "a setting that is not there", argv: ["cat", "/proc/sys/net/no/such"], kind: "no-object" },
  { title: "a namespace that is not there", argv: ip("-n box -d -j address show"), kind: "no-namespace" },
  {
    title: "a namespace that is not there, for another program",
    argv: ip("netns exec box cat /proc/sys/net/ipv4/ip_forward"),
    kind: "no-namespace",
  },
  { title: "delete of a namespace that is not there", argv: ip("netns delete box"), kind: "no-namespace" },
  { title: "processes of a namespace that is not there", argv: ip("netns pids box"), kind: "no-namespace" },
  {
    title: "a namespace to make a link in that is not there",
    argv: ip("link add name d0 netns box type veth peer name d1"),
    kind: "no-namespace",
  },
  {
    title: "a file that is no namespace",
    around: "touch /run/netns/box",
    argv: ip("-n box -d -j address show"),
    kind: "stale-namespace",
  },
  {
    title: "a file that is no namespace, for another program",
    around: "touch /run/netns/box",
    argv: ip("netns exec box true"),
    kind: "stale-namespace",
  },
  {
    title: "a bridge to join that is not there",
    around: "ip link add d0 type veth peer name d1",
    argv: ip("link set dev d0 master br0"),
    kind: "no-parent",
  },
  { title: "a route by a device that is not there", argv: ip("route add 10.0.0.0/8 dev eth7"), kind: "no-object" },
  {
    title: "a link with a name that is taken",
    around: "ip link add br0 type bridge",
    argv: ip("link add name br0 type bridge"),
    kind: "exists",
  },
  {
    title: "a file of somebody else's under /etc/netns",
    around: "mkdir -p /etc/netns/box; echo theirs >/etc/netns/box/hosts",
    argv: ["sh", "-c", writeFileScript, "sh", "box", "hosts", "7", "644", "own", "linuxnet:a/b/Namespace/c"],
    kind: "exists",
  },
  {
    title: "a vxlan of a network that is taken",
    around: "ip link add vx0 type vxlan id 42 local 192.0.2.1 dstport 4789",
    argv: ip("link add name vx1 type vxlan id 42 local 192.0.2.9 dstport 4789"),
    kind: "exists",
  },
  {
    title: "a vxlan on a device that is not there",
    argv: ip("link add name vx1 type vxlan id 42 local 192.0.2.9 dev eth7 dstport 4789"),
    kind: "no-object",
  },
  {
    title: "flooding entries of a vxlan that is not there",
    argv: ["bridge", "-j", "fdb", "show", "dev", "vx0"],
    kind: "no-object",
  },
  {
    title: "flooding entries in a namespace that is not there",
    argv: ["bridge", "-n", "box", "-j", "fdb", "show", "dev", "vx0"],
    kind: "no-namespace",
  },
  {
    title: "an address that is there",
    around: "ip address add 10.0.0.1/24 dev lo",
    argv: ip("address add 10.0.0.1/24 dev lo"),
    kind: "exists",
  },
  {
    title: "a route that is there",
    around: "ip route add blackhole 10.0.0.0/8",
    argv: ip("route add blackhole 10.0.0.0/8"),
    kind: "exists",
  },
  {
    title: "a namespace with a name that is taken",
    around: "ip netns add box",
    argv: ip("netns add box"),
    kind: "exists",
  },
  {
    title: "a gateway that nothing leads to",
    argv: ip("route add 10.0.0.0/8 via 192.0.2.1"),
    kind: "unreachable-gateway",
  },
  {
    title: "an IPv6 gateway that nothing leads to",
    argv: ip("-6 route add fd00::/8 via fd01::1"),
    kind: "unreachable-gateway",
  },
  {
    title: "without the right to change the network",
    argv: sh("exec setpriv --reuid 65534 --clear-groups ip link add br0 type bridge"),
    kind: "no-permission",
  },
  {
    title: "iptables without the right",
    argv: sh("exec setpriv --reuid 65534 --clear-groups iptables-save"),
    kind: "no-permission",
  },
  {
    title: "a setting that may not be read",
    around: "true",
    argv: sh("exec setpriv --reuid 65534 --clear-groups cat /proc/sys/kernel/cad_pid"),
    kind: "no-permission",
  },
  {
    title: "a macvlan on a parent that is not there",
    argv: ip("link add link p0 name m0 type macvlan mode bridge"),
    kind: "no-object",
  },
  {
    title: "a macvlan with more than its parent's MTU",
    around: "ip link add p0 type veth peer name p1",
    argv: ip("link add link p0 name m0 mtu 9000 type macvlan mode bridge"),
    kind: "unknown",
  },
  {
    title: "more than its parent's MTU for a macvlan that is there",
    around: "ip link add p0 type veth peer name p1; ip link add link p0 name m0 type macvlan",
    argv: ip("link set dev m0 mtu 9000"),
    kind: "unknown",
  },
  {
    title: "a macvlan on a bridge's port",
    around: "ip link add p0 type veth peer name p1; ip link add br0 type bridge; ip link set p0 master br0",
    argv: ip("link add link p0 name m0 type macvlan mode bridge"),
    kind: "unknown",
  },
  {
    title: "an Ethernet address that another interface on the same parent has",
    around:
      "ip link add p0 address 02:00:00:00:00:01 type veth peer name p1; ip link add link p0 name m0 address 02:00:00:00:00:01 type macvlan",
    argv: ip("link set dev m0 up"),
    kind: "address-in-use",
  },
  { title: "a kind of link that this kernel lacks", argv: ip("link add name w0 type wireguard"), kind: "unsupported" },
  { title: "a program that is missing", argv: ["iptables-of-no-host"], kind: "missing-program" },
  {
    title: "a program that is missing, in a namespace",
    around: "ip netns add box",
    argv: ip("netns exec box iptables-of-no-host"),
    kind: "missing-program",
  },
  { title: "a program that is missing, in a script", argv: sh("iptables-of-no-host"), kind: "missing-program" },
  { title: "a word that ip does not know", argv: ip("link set dev lo nonsense"), kind: "unknown" },
  {
    title: "a target that iptables does not know",
    argv: sh("printf '*nat\\n-A POSTROUTING -j NONSENSE\\nCOMMIT\\n' | iptables-restore --noflush"),
    kind: "unknown",
  },
  { title: "a program that was killed", argv: sh("kill -9 $$"), kind: "unknown" },
  { title: "a silent failure", argv: ["false"], kind: "unknown" },
];
