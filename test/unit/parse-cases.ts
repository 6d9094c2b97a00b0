import { netnsFilesScript } from "../../provider/commands/netns-files.js";

/** Commands whose replies the parsers read, on hosts whose state is hard to parse. */
export interface ParseCase {
  /** Shell lines that create what the command then shows. */
  readonly around: string;
  readonly argv: readonly string[];
}

const ip = (line: string) => ["ip", ...line.split(" ")];
const pair = "ip link add d0 address 02:00:00:00:00:01 type veth peer name d1 address 02:00:00:00:00:02";

export const parseCases = {
  "all links of a namespace": {
    around: `ip netns add box; ${pair} netns box; ip -n box link set lo up; ip -n box link add br0 address 02:00:00:00:00:03 type bridge stp_state 1 forward_delay 400 ageing_time 6000`,
    argv: ip("-n box -d -j address show"),
  },
  "a bridge's port": {
    around: `${pair} group 77 mtu 1400; ip link add br0 address 02:00:00:00:00:03 type bridge; ip link set d0 group 1234567890 mtu 1400 alias "linuxnet:a/b/Veth/it's \\"x\\"" up; ip link set d0 master br0; ip link set d0 type bridge_slave hairpin on isolated on`,
    argv: ip("-d -j address show dev d0"),
  },
  "a macvlan and its parent in another namespace": {
    around: `ip netns add box; ${pair}; ip link add link d0 name m0 address 02:00:00:00:00:04 netns box type macvlan mode vepa`,
    argv: ip("-n box -d -j address show dev m0"),
  },
  "addresses of every kind": {
    around: `${pair}; ip addr add 10.1.0.1/24 dev d0; ip addr add 10.1.0.2/24 dev d0; ip addr add 10.9.0.1 peer 10.9.0.2/32 dev d0; ip addr add 10.2.0.1/24 dev d0 valid_lft 600 preferred_lft 600; ip addr add fd00:0:0::1/64 dev d0 nodad; ip addr add fe80::17/64 dev d0 nodad; ip link set d0 up; ip link set d1 up; sleep 0.1`,
    argv: ip("-d -j address show dev d0"),
  },
  "IPv4 routes of one network": {
    around: `${pair}; ip addr add 10.1.0.1/24 dev d0; ip link set d0 up; ip link set d1 up; ip route add 10.7.0.0/16 via 10.1.0.2 proto 171 src 10.1.0.1 mtu 1400; ip route add 10.7.0.0/16 dev d0 metric 5 proto static; ip route add blackhole 10.7.0.0/16 metric 6; ip route add 10.7.0.0/24 via 10.1.0.3; ip -6 addr add fd00::1/64 dev d0 nodad; ip route add 10.7.0.0/16 via inet6 fd00::2 dev d0 metric 7`,
    argv: ip("-4 -N -d -j route show table main exact 10.7.0.0/16"),
  },
  "IPv4 default routes": {
    around: `${pair}; ip addr add 10.1.0.1/24 dev d0; ip link set d0 up; ip link set d1 up; ip route add default via 10.1.0.2 proto 171`,
    argv: ip("-4 -N -d -j route show table main exact 0.0.0.0/0"),
  },
  "a route to one address": {
    around: `${pair}; ip link set d0 up; ip route add 10.7.0.1 dev d0`,
    argv: ip("-4 -N -d -j route show table main exact 10.7.0.1/32"),
  },
  "IPv6 default routes": {
    around: `${pair}; ip addr add fd00::1/64 dev d0 nodad; ip link set d0 up; ip link set d1 up; ip -6 route add default via fd00::2 proto 171 mtu 1400; ip -6 route add unreachable default metric 2048`,
    argv: ip("-6 -N -d -j route show table main exact ::/0"),
  },
  "no routes": { around: "true", argv: ip("-4 -N -d -j route show table main exact 10.7.0.0/16") },
  "files of all namespaces": {
    around: [
      "rm /etc/hostname; mkdir -p /etc/netns/a.b-c /etc/netns/two /etc/netns/empty /etc/netns/x:y; cd /etc/netns",
      "printf 'one\\n\\n# linuxnet:a/b/Namespace/c\\n' >a.b-c/hostname; printf '# linuxnet:a/b/Namespace/c\\nno end' >a.b-c/hosts",
      ": >two/hosts; printf '\\0' >two/hostname; printf 'caf\\351\\n' >two/resolv.conf; chown 7:8 two/hosts; chmod 4750 two/hosts",
      "ln -s /etc/passwd empty/hosts; mkdir empty/hostname; mkfifo empty/resolv.conf; echo 1 >x:y/hosts; echo 2 >two/other",
      "head -c 65537 /dev/zero | tr '\\0' x >a.b-c/resolv.conf",
      "touch /etc/.netns.two.hosts.12 /etc/.netns.a.b-c.hosts.hosts.13 /etc/.netns.two.other.14",
    ].join("; "),
    argv: ["sh", "-c", netnsFilesScript, "sh"],
  },
  "files of one namespace": {
    around:
      "mkdir -p /etc/netns/con1 /etc/netns/con1.x; cd /etc/netns; echo '10.0.0.2 é' | tee con1/hosts >con1.x/hosts; touch /etc/.netns.con1.x.hosts.12",
    argv: ["sh", "-c", netnsFilesScript, "sh", "con1"],
  },
  "rules of every table": {
    around: [
      "iptables-restore <<'E'",
      "*filter",
      "-A FORWARD -i br0 -m comment --comment linuxnet:shop/dev/PortForward/web -j ACCEPT",
      "COMMIT",
      "*nat",
      ":LINUXNET-0123456789AB - [0:0]",
      ":DOCKER - [0:0]",
      '-A POSTROUTING -s 172.17.0.0/24 ! -o br0 -m comment --comment "linuxnet:shop/dev/MasqueradeRule/one" -j LINUXNET-0123456789AB',
      '-A LINUXNET-0123456789AB -m comment --comment "linuxnet:shop/dev/MasqueradeRule/one" -j MASQUERADE',
      '-A PREROUTING -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 8000 -m comment --comment "linuxnet:shop/dev/PortForward/web" -j DNAT --to-destination 172.17.0.101:8080',
      '-A PREROUTING -p tcp -m tcp --dport 81 -m comment --comment "linuxnet:shop/dev/PortForward/web2" -j DNAT --to-destination 172.17.0.101:81',
      '-A POSTROUTING -m comment --comment "two words linuxnet:shop/dev/PortForward/web" -j ACCEPT',
      "-A POSTROUTING -j MASQUERADE",
      "COMMIT",
      "*raw",
      "-A PREROUTING -d 127.0.0.0/8 -i br0 -m comment --comment linuxnet:shop/dev/PortForward/web -j DROP",
      "COMMIT",
      "E",
    ].join("\n"),
    argv: ["iptables-save"],
  },
} satisfies Record<string, ParseCase>;
