/** What somebody does to a host by hand. */
import type { Item, Program } from "../small-engine.js";

/** Which resource is damaged, and how; both choose among what is there. */
export interface Damage {
  readonly at: number;
  readonly how: number;
}

type Properties = Readonly<Record<string, unknown>>;

const ip = (namespace: unknown) => (typeof namespace === "string" ? `ip -n ${namespace}` : "ip");

/** The lines for a shell that do a damage to what a recorded state says is there; undefined where nothing is. */
export function damageLines(
  program: Program,
  outputs: (name: string) => Properties,
  { at, how }: Damage,
): string | undefined {
  const names = Object.keys(program);
  const name = names[at % Math.max(names.length, 1)];
  if (name === undefined) return undefined;
  const lines = ways[program[name]!.kind]!(outputs(name), program[name]!);
  return lines[how % lines.length];
}

const ways: Readonly<Record<string, (state: Properties, item: Item) => string[]>> = {
  Namespace: ({ name }) => [
    `ip netns del ${String(name)}`,
    `ip -n ${String(name)} link set lo down`,
    `ip netns exec ${String(name)} sysctl -qw net.ipv4.ip_forward=1`,
  ],
  Bridge: ({ namespace, name }) => {
    const run = ip(namespace);
    const device = String(name);
    return [
      `${run} link del ${device}`,
      `${run} link set ${device} down`,
      `${run} link set ${device} up`,
      `${run} address flush dev ${device}`,
      `${run} address add 10.99.0.1/24 dev ${device}`,
      `${run} link set ${device} alias ''`,
      `${run} link set ${device} type bridge stp_state 1`,
    ];
  },
  Veth: ({ namespace, name, peer }) => {
    const [run, device] = [ip(namespace), String(name)];
    const { namespace: farNamespace, name: farName } = peer as Properties;
    const [farRun, farDevice] = [ip(farNamespace), String(farName)];
    return [
      `${run} link del ${device}`,
      `${farRun} link del ${farDevice}`,
      `${run} link set ${device} down`,
      `${farRun} link set ${farDevice} down`,
      `${farRun} link set ${farDevice} nomaster`,
      `${run} address flush dev ${device}`,
      `${run} address add 10.98.0.1/24 dev ${device}`,
      `${run} link set ${device} mtu 1300`,
      `${farRun} link set ${farDevice} address 02:00:00:00:00:99`,
      `${farRun} link set ${farDevice} down; ${farRun} link set ${farDevice} name moved`,
    ];
  },
  Route: ({ namespace, destination, table }) => {
    const family = String(destination).includes(":") ? "-6" : "-4";
    return [`${ip(namespace)} ${family} route flush table ${String(table)} exact ${String(destination)}`];
  },
  MasqueradeRule: rulesDamaged,
  PortForward: rulesDamaged,
  Sysctl: ({ value }) => [`sysctl -qw net.ipv4.ip_forward=${value === "1" ? "0" : "1"}`],
};

function rulesDamaged({ mark }: Properties): string[] {
  const change = (action: "-D" | "-A", count: string) =>
    ["iptables", "ip6tables"]
      .map(
        (program) =>
          `{ ${program}-save -t nat | grep -F '"${String(mark)}"' | sed 's/^-A/${action}/' | ${count} | while read -r rule; do echo "$rule" | xargs ${program} -t nat; done; }`,
      )
      .join("; ");
  return [
    change("-D", "cat"),
    change("-D", "head -1"),
    change("-A", "head -1"),
    "iptables -t nat -F; ip6tables -t nat -F",
  ];
}
