import { endProcessInside, processInside, rewrite } from "./damage-by-hand.js";
import type { Drift } from "./kind-cases.js";

const bridge = "ip link add br9 address 02:00:00:00:09:09 type bridge";
const box = "ip netns add box; ip -n box link add br9 address 02:00:00:00:09:09 type bridge";
const raw = { table: "raw" };
const mangle = { table: "mangle" };
const inBox = (expression: string, table = "nat") =>
  rewrite(expression, { table, family: "ip6tables", inside: "ip netns exec box" });

export const portForwardDrifts: readonly Drift[] = [
  {
    around: bridge,
    wanted: {
      protocol: "tcp",
      listenAddress: "192.0.2.1",
      listenPort: 8000,
      exceptInInterface: "br9",
      targetAddress: "172.18.0.2",
      targetPort: 8080,
      localhost: true,
    },
    damages: [
      // Each property.
      { by: rewrite("s/ tcp / udp /g"), shows: ["protocol", "hairpin", "rules"] },
      { by: rewrite("s/-d 192.0.2.1/-d 192.0.2.9/"), shows: ["listenAddress", "rules"] },
      { by: rewrite("s/ -d 192.0.2.1.32//"), shows: ["listenAddress", "rules"] },
      { by: rewrite("s/--dport 8000/--dport 8001/"), shows: ["listenPort", "rules"] },
      { by: rewrite("s/--dport 8000/--dport 8000:8010/"), shows: ["listenPort", "hairpin", "localhost", "rules"] },
      { by: rewrite("s/! -i br9/! -i br8/"), shows: ["exceptInInterface", "hairpin", "localhost", "rules"] },
      {
        by: rewrite("s/! -i br9/-i eth0/"),
        shows: ["exceptInInterface", "inInterface", "hairpin", "localhost", "rules"],
      },
      { by: rewrite("s/! -i br9//"), shows: ["exceptInInterface", "hairpin", "localhost", "rules"] },
      { by: rewrite("s/172.18.0.2:8080/172.18.0.9:8080/"), shows: ["targetAddress", "hairpin", "localhost", "rules"] },
      { by: rewrite("s/172.18.0.2:8080/172.18.0.2:8081/"), shows: ["targetPort", "hairpin", "localhost", "rules"] },
      // Other targets.
      { by: rewrite("s/DNAT --to-dest.*/REDIRECT --to-ports 8080/"), shows: ["hairpin", "localhost", "rules"] },
      { by: rewrite("s/:8080/:8080 --random/"), shows: ["hairpin", "localhost", "rules"] },
      { by: rewrite("s/-j DNAT/-m mark --mark 0x1 -j DNAT/"), shows: ["hairpin", "localhost", "rules"] },
      // Each rule, removed.
      { by: rewrite("/PREROUTING .*! -i br9/d"), shows: ["rules"] },
      { by: rewrite("/OUTPUT -d 192.0.2.1/d"), shows: ["rules"] },
      { by: rewrite("/PREROUTING .*32 -i br9/d"), shows: ["hairpin", "rules"] },
      { by: rewrite("/POSTROUTING .*--mark/d"), shows: ["hairpin", "rules"] },
      { by: rewrite("/FORWARD/d", mangle), shows: ["hairpin", "rules"] },
      { by: rewrite("/DROP/d", raw), shows: ["localhost", "rules"] },
      { by: rewrite("/OUTPUT -d 127/d"), shows: ["localhost", "rules"] },
      { by: rewrite("/POSTROUTING -s 127/d"), shows: ["localhost", "rules"] },
      { by: rewrite("/PREROUTING/d"), shows: ["hairpin", "rules"] },
      // Each rule, altered.
      { by: rewrite("s/xmark 0x1000000/xmark 0x2000000/", mangle), shows: ["hairpin", "rules"] },
      { by: rewrite("s/-j DROP/-j ACCEPT/", raw), shows: ["localhost", "rules"] },
      { by: rewrite("s/ -s 127.0.0.0.8//"), shows: ["localhost", "rules"] },
      { by: rewrite("s/-o br9/-o br8/"), shows: ["hairpin", "localhost", "rules"] },
      // Duplicate rules.
      { by: rewrite("/PREROUTING .*! -i br9/p"), shows: ["rules"] },
      { by: rewrite("/POSTROUTING -s 127/p"), shows: ["rules"] },
      { by: rewrite("/FORWARD/{p;p}", mangle), shows: ["rules"] },
      { by: rewrite("/DROP/p", raw), shows: ["rules"] },
      // Rules without the mark.
      {
        by: rewrite("/PREROUTING .*! -i br9/s/ -m comment --comment [^ ]*//"),
        shows: ["rules"],
        left: "iptables -t nat -D PREROUTING -d 192.0.2.1/32 ! -i br9 -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 8000 -j DNAT --to-destination 172.18.0.2:8080",
      },
      {
        by: rewrite("/DROP/s/shop.dev/shop\\/prod/", raw),
        shows: ["localhost", "rules"],
        left: "iptables -t raw -S | sed -n 's,^-A \\(.*shop/prod.*\\),-t raw -D \\1,p' >/run/line; sed -i 's/\"//g' /run/line; iptables $(cat /run/line); rm /run/line",
        debris: "echo 0 >/proc/sys/net/ipv4/conf/br9/route_localnet",
      },
      { by: "echo 0 >/proc/sys/net/ipv4/conf/br9/route_localnet", shows: ["localhost"] },
      { by: `ip link del br9; ${bridge}`, shows: ["localhost"] },
      { by: "ip link del br9", shows: ["localhost"], then: bridge },
      { by: "iptables -t nat -F", shows: ["hairpin", "localhost", "rules"] },
      { by: "for table in nat mangle raw; do iptables -t $table -F; done", shows: ["hairpin", "localhost", "rules"] },
    ],
  },
  {
    title: "by one interface, a range",
    wanted: {
      protocol: "udp",
      listenPort: "9000-9010",
      inInterface: "eth0",
      targetAddress: "172.18.0.3",
      targetPort: 7000,
    },
    damages: [
      { by: rewrite("s/-i eth0/-i eth1/"), shows: ["inInterface", "rules"] },
      { by: rewrite("s/-i eth0//"), shows: ["inInterface", "rules"] },
      { by: rewrite("s/9000:9010/9000:9011/"), shows: ["listenPort", "rules"] },
      { by: rewrite("s/7000-7010/7001-7011/"), shows: ["targetPort", "rules"] },
      { by: rewrite("s/:7000-7010.9000//"), shows: ["targetPort", "rules"] },
      { by: rewrite("s/-A PREROUTING/-A PREROUTING -d 192.0.2.1/"), shows: ["listenAddress", "rules"] },
      { by: rewrite("/DNAT/p"), shows: ["rules"] },
      { by: rewrite("/DNAT/d"), shows: "gone" },
    ],
  },
  {
    title: "for IPv6, in a namespace",
    around: box,
    wanted: {
      namespace: "box",
      protocol: "tcp",
      listenAddress: "2001:db8::1",
      listenPort: 8000,
      exceptInInterface: "br9",
      targetAddress: "fd00:17::2",
      targetPort: 8080,
    },
    damages: [
      { by: inBox("s/ tcp / udp /g"), shows: ["protocol", "hairpin", "rules"] },
      { by: inBox("s/-d 2001:db8::1/-d 2001:db8::9/"), shows: ["listenAddress", "rules"] },
      { by: inBox("s/--dport 8000/--dport 8001/"), shows: ["listenPort", "rules"] },
      { by: inBox("s/! -i br9/! -i br8/"), shows: ["exceptInInterface", "hairpin", "rules"] },
      { by: inBox("s/fd00:17::2.:8080/fd00:17::9]:8080/"), shows: ["targetAddress", "hairpin", "rules"] },
      { by: inBox("s/\\]:8080/]:8081/"), shows: ["targetPort", "hairpin", "rules"] },
      { by: inBox("/PREROUTING .*! -i br9/d"), shows: ["rules"] },
      { by: inBox("/OUTPUT/d"), shows: ["rules"] },
      { by: inBox("/PREROUTING .*128 -i br9/d"), shows: ["hairpin", "rules"] },
      { by: inBox("/POSTROUTING/d"), shows: ["hairpin", "rules"] },
      { by: inBox("/FORWARD/d", "mangle"), shows: ["hairpin", "rules"] },
      { by: inBox("/DNAT/p"), shows: ["rules"] },
      { by: "for table in nat mangle; do ip netns exec box ip6tables -t $table -F; done", shows: "gone" },
      { by: "ip netns del box", shows: "gone", then: box },
      { by: `ip netns del box; ${box}`, shows: "gone" },
      { by: `${processInside("box")}; ip netns del box`, shows: "gone", then: `${endProcessInside}; ${box}` },
    ],
  },
];
