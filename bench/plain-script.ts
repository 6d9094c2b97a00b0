/**
 * The POSIX shell script that somebody would write to create the same containers by hand, one command after the other.
 */
import { addressOf, numbers } from "./graph.ts";

/** The rules of a published port: the table, and the arguments of iptables after `-A` or `-D`. */
export function forwardRules(number: number): (readonly [table: string, rule: string])[] {
  const listen = `-p tcp -m addrtype --dst-type LOCAL -m tcp --dport ${8000 + number}`;
  const target = addressOf(number);
  const translated = `-p tcp -m tcp --dport 80 -m conntrack --ctstate DNAT`;
  return [
    ["nat", `PREROUTING ! -i br0 ${listen} -j DNAT --to-destination ${target}:80`],
    ["nat", `PREROUTING -i br0 ${listen} -j DNAT --to-destination ${target}:80`],
    ["mangle", `FORWARD -d ${target}/32 -i br0 -o br0 ${translated} -j MARK --set-xmark 0x1000000/0x1000000`],
    ["nat", `OUTPUT ! -d 127.0.0.0/8 ${listen} -j DNAT --to-destination ${target}:80`],
    ["nat", `POSTROUTING -d ${target}/32 -o br0 ${translated} -m mark --mark 0x1000000/0x1000000 -j MASQUERADE`],
  ];
}

const masquerade = ["nat", "POSTROUTING -s 172.18.0.0/16 ! -o br0 -j MASQUERADE"] as const;

const iptables = (action: "-A" | "-D", [table, rule]: readonly [string, string]) =>
  `iptables -w -t ${table} ${action} ${rule}`;

/** The commands that create one container with its published port. */
export function containerCommands(number: number): string[] {
  return [
    `ip netns add c${number}`,
    `ip -n c${number} link set lo up`,
    `ip link add v${number} type veth peer name eth0 netns c${number}`,
    `ip link set v${number} master br0 up`,
    `ip -n c${number} addr add ${addressOf(number)}/16 dev eth0`,
    `ip -n c${number} link set eth0 up`,
    `ip -n c${number} route add default via 172.18.0.1`,
    ...forwardCommands(number),
  ];
}

/** The commands that publish the port of one container. */
export function forwardCommands(number: number): string[] {
  return forwardRules(number).map((rule) => iptables("-A", rule));
}

/** The commands that prepare the host, before any container. */
export const hostCommands = [
  "echo 1 >/proc/sys/net/ipv4/ip_forward",
  "echo 1 >/proc/sys/net/ipv6/conf/all/forwarding",
  "ip link add br0 type bridge",
  "ip addr add 172.18.0.1/16 dev br0",
  "ip link set br0 up",
  iptables("-A", masquerade),
];

const script = (commands: readonly string[]) => ["set -e", ...commands, ""].join("\n");

export const plainCreate = (containers: number) =>
  script([...hostCommands, ...numbers(containers).flatMap(containerCommands)]);

export const plainDelete = (containers: number) =>
  script([
    ...numbers(containers).flatMap((number) => [
      ...forwardRules(number).map((rule) => iptables("-D", rule)),
      `ip netns del c${number}`,
    ]),
    iptables("-D", masquerade),
    "ip link del br0",
    "echo 0 >/proc/sys/net/ipv6/conf/all/forwarding",
    "echo 0 >/proc/sys/net/ipv4/ip_forward",
  ]);

export const plainForwards = (forwards: number) => script(numbers(forwards).flatMap(forwardCommands));
