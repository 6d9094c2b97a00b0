/** What somebody does to a host by hand. */
import type { Program } from "../small-engine.js";

/** Which resource is damaged, and how; both choose among what is there. */
export interface Damage {
  readonly at: number;
  readonly how: number;
}

/** Somebody's terminal at a host: runs a program; what it prints, or undefined where it fails. */
export type Terminal = (argv: readonly string[]) => string | undefined;

type Properties = Readonly<Record<string, unknown>>;
/** One way of doing damage. What is not there can't be damaged, which is no error. */
type Way = (terminal: Terminal) => void;

/** Does a damage to what a recorded state says is there, if anything is. */
export function doDamage(
  terminal: Terminal,
  program: Program,
  outputs: (name: string) => Properties,
  { at, how }: Damage,
): void {
  const names = Object.keys(program);
  const name = names[at % Math.max(names.length, 1)];
  if (name === undefined) return;
  const possible = ways[program[name]!.kind]!(outputs(name));
  possible[how % possible.length]!(terminal);
}

/** Commands one after the other; an empty word is written as two quotation marks. */
const commands =
  (...lines: readonly string[]): Way =>
  (terminal) => {
    for (const line of lines) terminal(line.split(" ").map((word) => (word === "''" ? "" : word)));
  };

const ip = (namespace: unknown) => (typeof namespace === "string" ? `ip -n ${namespace}` : "ip");

const ways: Readonly<Record<string, (state: Properties) => readonly Way[]>> = {
  Namespace: ({ name }) => [
    commands(`ip netns del ${String(name)}`),
    // A process is left inside, and with it all that was in there.
    commands(`ip netns exec ${String(name)} setsid -f sleep infinity`, `ip netns del ${String(name)}`),
    commands(`ip -n ${String(name)} link set lo down`),
    commands(`ip netns exec ${String(name)} sysctl -qw net.ipv4.icmp_echo_ignore_all=1`),
  ],
  Bridge: ({ namespace, name }) => {
    const run = ip(namespace);
    const device = String(name);
    return [
      commands(`${run} link del ${device}`),
      commands(`${run} link set ${device} down`),
      commands(`${run} link set ${device} up`),
      commands(`${run} address flush dev ${device}`),
      commands(`${run} address add 10.99.0.1/24 dev ${device}`),
      // Its group still tells whose it is: without both it would be somebody else's.
      commands(`${run} link set ${device} alias ''`),
      commands(`${run} link set ${device} type bridge stp_state 1`),
      commands(`${run} link set ${device} type bridge ageing_time 100 forward_delay 500`),
      commands(`${run} link set ${device} mtu 1300`),
    ];
  },
  Veth: ({ namespace, name, peer }) => {
    const [run, device] = [ip(namespace), String(name)];
    const { namespace: farNamespace, name: farName } = peer as Properties;
    const [farRun, farDevice] = [ip(farNamespace), String(farName)];
    return [
      commands(`${run} link del ${device}`),
      commands(`${farRun} link del ${farDevice}`),
      commands(`${run} link set ${device} down`),
      commands(`${farRun} link set ${farDevice} down`),
      commands(`${farRun} link set ${farDevice} nomaster`),
      commands(`${run} address flush dev ${device}`),
      commands(`${run} address add 10.98.0.1/24 dev ${device}`),
      commands(`${run} link set ${device} mtu 1300`),
      commands(`${farRun} link set ${farDevice} address 02:00:00:00:00:99`),
      commands(`${farRun} link set ${farDevice} down`, `${farRun} link set ${farDevice} name moved`),
      commands(`${farRun} link set ${farDevice} type bridge_slave hairpin off isolated on`),
      commands(`${run} link set ${device} alias ''`),
      commands(`${farRun} link set ${farDevice} alias ''`),
      ...(typeof namespace === "string" ? [commands(`${farRun} link set ${farDevice} netns ${namespace}`)] : []),
      commands(`${run} link set ${device} down`, `${run} link set ${device} up`),
    ];
  },
  Route: ({ namespace, destination, table }) => {
    const family = String(destination).includes(":") ? "-6" : "-4";
    return [
      commands(`${ip(namespace)} ${family} route flush table ${String(table)} exact ${String(destination)}`),
      // The main table has routes of the kernel's own too, which nobody but the kernel makes.
      ...(table === "main" ? [] : [commands(`${ip(namespace)} ${family} route flush table ${String(table)}`)]),
    ];
  },
  MasqueradeRule: rulesDamaged,
  PortForward: rulesDamaged,
  Sysctl: ({ value }) => [commands(`sysctl -qw net.ipv4.icmp_echo_ignore_all=${value === "1" ? "0" : "1"}`)],
};

const programs = ["iptables", "ip6tables"];
const tables = ["nat", "mangle", "raw"];

function rulesDamaged({ mark }: Properties): readonly Way[] {
  /** Of each table, its rules that carry the mark, some of them, once more as commands. */
  const rules =
    (action: "-D" | "-A", some: (rules: readonly string[]) => readonly string[]): Way =>
    (terminal) => {
      for (const [program, table] of programs.flatMap((program) => tables.map((table) => [program, table] as const))) {
        const saved = terminal([`${program}-save`, "-t", table]) ?? "";
        for (const rule of some(saved.split("\n").filter((line) => line.includes(`"${String(mark)}"`))))
          terminal([program, "-t", table, action, ...rule.replaceAll('"', "").split(" ").slice(1)]);
      }
    };
  return [
    rules("-D", (all) => all),
    rules("-D", (all) => all.slice(0, 1)),
    rules("-D", (all) => all.slice(-1)),
    rules("-A", (all) => all.slice(0, 1)),
    commands(...programs.map((program) => `${program} -t nat -F`)),
    commands(...programs.flatMap((program) => [`${program} -t nat -F`, `${program} -t nat -X`])),
    commands("iptables -t mangle -F", "iptables -t raw -F"),
    commands("iptables -t nat -F POSTROUTING"),
  ];
}
