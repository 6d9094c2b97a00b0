/** The forwards that the provider creates, as a file that is loaded in one go. */
import { addressOf, numbers } from "../graph.ts";
import { forwardRules } from "../plain-script.ts";

/** The mark of a forward that provider-alone.ts creates. */
const commentOf = (number: number) => `comment "linuxnet:bench/alone/PortForward/f${number}"`;

/** Input for iptables-restore: five rules per forward. */
export function iptablesFile(forwards: number): string {
  const rules = numbers(forwards).flatMap((number) =>
    forwardRules(number).map(([table, rule]) => ({
      table,
      line: `-A ${rule.replace(" -j ", ` -m comment --${commentOf(number)} -j `)}`,
    })),
  );
  const tables = [...Map.groupBy(rules, ({ table }) => table)];
  return tables.flatMap(([table, rules]) => [`*${table}`, ...rules.map(({ line }) => line), "COMMIT", ""]).join("\n");
}

/** Input for nft -f: two elements per forward, and rules that do not depend on the number of forwards. */
export function nftFile(forwards: number): string {
  const all = numbers(forwards);
  const forward = (number: number) => `tcp . ${8000 + number} ${commentOf(number)} : ${addressOf(number)} . 80`;
  const hairpin = (number: number) => `"br0" . "br0" . tcp . ${8000 + number} ${commentOf(number)}`;
  return `
table inet linuxnet {
  map forwards4 {
    type inet_proto . inet_service : ipv4_addr . inet_service
    elements = { ${all.map(forward).join(",\n")} }
  }
  set hairpins4 {
    type ifname . ifname . inet_proto . inet_service
    elements = { ${all.map(hairpin).join(",\n")} }
  }
  chain prerouting {
    type nat hook prerouting priority dstnat
    fib daddr type local dnat ip to meta l4proto . th dport map @forwards4
  }
  chain output {
    type nat hook output priority -100
    ip daddr != 127.0.0.0/8 fib daddr type local dnat ip to meta l4proto . th dport map @forwards4
  }
  chain postrouting {
    type nat hook postrouting priority srcnat
    meta l4proto tcp ct status dnat iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade
  }
}
`;
}
