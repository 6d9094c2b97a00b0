import { endProcessInside, processInside, rewrite } from "./damage-by-hand.js";
import type { Drift } from "./kind-cases.js";

const inBox = (expression: string) => rewrite(expression, { family: "ip6tables", inside: "ip netns exec box" });

export const masqueradeRuleDrifts: readonly Drift[] = [
  {
    wanted: { source: "172.17.0.0/24", exceptOutInterface: "br0" },
    damages: [
      { by: rewrite("s/172.17.0.0/172.17.9.0/"), shows: ["source", "rules"] },
      { by: rewrite("s/ -s 172.17.0.0.24//"), shows: ["rules"] },
      { by: rewrite("s/! -o br0/! -o br1/"), shows: ["exceptOutInterface", "rules"] },
      { by: rewrite("s/! -o br0/-o br0/"), shows: ["exceptOutInterface", "outInterface", "rules"] },
      { by: rewrite("s/! -o br0//"), shows: ["exceptOutInterface", "rules"] },
      { by: rewrite("s/-j MASQUERADE/-j ACCEPT/"), shows: ["rules"] },
      { by: rewrite("s/-j MASQUERADE/-j MASQUERADE --random/"), shows: ["rules"] },
      { by: rewrite("s/-j MASQUERADE/-m mark --mark 0x1 -j MASQUERADE/"), shows: ["rules"] },
      { by: rewrite("s/ -j MASQUERADE//"), shows: ["rules"] },
      { by: rewrite("s/-A POSTROUTING/-A POSTROUTING -p tcp/"), shows: ["rules"] },
      { by: rewrite("s/-A POSTROUTING/-A OUTPUT/; s/MASQUERADE/ACCEPT/"), shows: ["exceptOutInterface", "rules"] },
      { by: rewrite("/MASQUERADE/p"), shows: ["rules"] },
      { by: rewrite("/MASQUERADE/{p;p}"), shows: ["rules"] },
      { by: "iptables -t nat -F", shows: "gone" },
      { by: rewrite("/MASQUERADE/d"), shows: "gone" },
      // Without its mark, a rule may be anybody's.
      {
        by: rewrite("s/ -m comment --comment [^ ]*//"),
        shows: "gone",
        left: "iptables -t nat -D POSTROUTING -s 172.17.0.0/24 ! -o br0 -j MASQUERADE",
      },
      {
        by: rewrite("s,shop/dev,shop/prod,"),
        shows: "gone",
        left: "iptables -t nat -D POSTROUTING -s 172.17.0.0/24 ! -o br0 -m comment --comment linuxnet:shop/prod/MasqueradeRule/drift -j MASQUERADE",
      },
    ],
  },
  {
    title: "with exceptions",
    wanted: { source: "172.17.0.0/24", outInterface: "eth0", exceptDestinations: ["10.0.0.0/8", "172.16.0.0/12"] },
    damages: [
      { by: rewrite("s/-o eth0/-o eth1/"), shows: ["outInterface", "rules"] },
      { by: rewrite("s/172.17.0.0/172.17.9.0/"), shows: ["source", "rules"] },
      { by: rewrite("/-d 10.0.0.0/d"), shows: ["exceptDestinations", "rules"] },
      { by: rewrite("/-d 172.16.0.0/d"), shows: ["exceptDestinations", "rules"] },
      { by: rewrite("s/-d 10.0.0.0.8/-d 11.0.0.0\\/8/"), shows: ["exceptDestinations", "rules"] },
      { by: rewrite("/RETURN/d"), shows: ["exceptDestinations", "rules"] },
      { by: rewrite("/RETURN/p"), shows: ["exceptDestinations", "rules"] },
      { by: rewrite("/MASQUERADE/d"), shows: ["rules"] },
      { by: rewrite("/-o eth0/d"), shows: ["outInterface", "rules"] },
      { by: rewrite("/-A LINUXNET/d"), shows: ["exceptDestinations", "rules"] },
      // The exceptions come after the rule that they are exceptions to.
      { by: rewrite("/RETURN/{H;d}; /-A LINUXNET.*MASQUERADE/{G;s/\\n\\n/\\n/}"), shows: ["exceptDestinations"] },
      { by: rewrite("/-A/d"), shows: ["exceptDestinations", "outInterface", "rules"] },
      { by: rewrite("/LINUXNET/d"), shows: "gone" },
      { by: "iptables -t nat -F; iptables -t nat -X", shows: "gone" },
    ],
  },
  {
    title: "for IPv6, in a namespace",
    around: "ip netns add box",
    wanted: { namespace: "box", source: "fd00:17::/64", exceptOutInterface: "br0", exceptDestinations: ["fd00::/16"] },
    damages: [
      { by: inBox("s/-s fd00:17::/-s fd00:19::/"), shows: ["source", "rules"] },
      { by: inBox("s/! -o br0/-o br1/"), shows: ["exceptOutInterface", "outInterface", "rules"] },
      { by: inBox("s/-d fd00::.16/-d fd01::\\/16/"), shows: ["exceptDestinations", "rules"] },
      { by: inBox("/MASQUERADE/p"), shows: ["rules"] },
      { by: inBox("/MASQUERADE/d"), shows: ["rules"] },
      { by: inBox("/LINUXNET/d"), shows: "gone" },
      { by: "ip netns del box", shows: "gone", then: "ip netns add box" },
      { by: "ip netns del box; ip netns add box", shows: "gone" },
      { by: "ip netns del box; touch /run/netns/box", shows: "gone", then: "ip netns del box; ip netns add box" },
      {
        by: `${processInside("box")}; ip netns del box`,
        shows: "gone",
        then: `ip netns add box; ${endProcessInside}`,
      },
    ],
  },
];
