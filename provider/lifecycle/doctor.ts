/** Checks whether a host has what resources need, before any is created there. */
import { CommandFailure } from "../commands/failure.js";
import { type HostFacts, hostFacts } from "../commands/host-facts.js";
import { firewallWarnings, markedRules } from "../commands/firewall.js";
import type { FoundRules } from "../commands/rules.js";
import type { FirewallChoice } from "../schema/host.js";
import { type Need, probes, toolOf } from "../commands/probes.js";
import { sysctl } from "../commands/sysctl.js";
import { type ToolName, toolCheck, tools } from "../commands/tools.js";
import type { Fact, Found } from "../commands/command.js";
import type { Command, CommandResult, Transport } from "../transport/transport.js";
import type { AnyResource } from "./define-resource.js";
import { warningsAbout } from "./preflight.js";
import { explain } from "./survey.js";

/** How a host forwards packets of an address family. */
export interface Forwarding {
  /** Whether the kernel forwards them; undefined if it does not support the family. */
  readonly on: boolean | undefined;
  /** Whether it drops packets that no rule accepts. */
  readonly drops: boolean;
}

/** Something that a host lacks. */
export interface Lack {
  /** The kinds of resources that cannot be created without it. */
  readonly kinds: readonly string[];
  /** Whether only these kinds ask for it, by probes of their own: many hosts do not need it. */
  readonly special: boolean;
  /** The host's message and what to do. */
  readonly problem: string;
}

/** What a host has and what it lacks. */
export interface Diagnosis {
  /** Undefined if the host does not provide what every Linux does. */
  readonly facts: HostFacts | undefined;
  /** Versions of iproute2, iptables and nft, such as `6.1.0`; those that are installed. */
  readonly versions: { readonly ip?: string; readonly iptables?: string; readonly nft?: string };
  /** The backend of the host's `iptables`. */
  readonly backend: string | undefined;
  readonly ipv4: Forwarding;
  readonly ipv6: Forwarding;
  readonly lacks: readonly Lack[];
  readonly warnings: readonly string[];
}

const toolNames = Object.keys(tools) as ToolName[];

/** The command that tells whether the host has it. */
const probeOf = (need: Need): Command => (typeof need === "string" ? probes[need] : need);

/**
 * Tries on a host what these kinds of resources need, with rules created by this firewall. One round trip; it leaves
 * nothing behind.
 */
export async function diagnose(
  transport: Transport,
  kinds: readonly AnyResource[],
  firewall: FirewallChoice = "auto",
): Promise<Diagnosis> {
  const own = kinds.flatMap(({ needs }) => needs).filter((need) => typeof need !== "string");
  const needed: readonly Need[] = [...(Object.keys(probes) as (keyof typeof probes)[]), ...own];
  const facts = [
    hostFacts(),
    sysctl(undefined, "net.ipv4.ip_forward"),
    sysctl(undefined, "net.ipv6.conf.all.forwarding"),
    // There are no marks to look for, so not all rules are needed.
    markedRules(undefined, 4, [], [], { firewall: "auto", ownChainsOnly: true }),
    markedRules(undefined, 6, [], [], { firewall: "auto", ownChainsOnly: true }),
  ] as const;
  const questions: Command[] = [
    ...facts.map(({ command }) => command),
    ...toolNames.map((tool) => toolCheck(tool)),
    ...needed.map(probeOf),
  ];
  const replies = await transport.run({ commands: questions.map((command) => ({ ...command, always: true })) });
  const [host, forward4, forward6, rules4, rules6] = facts.map((fact, index) =>
    answerOf(fact as Fact<Found<unknown>>, replies[index]!),
  ) as [HostFacts | undefined, string | undefined, string | undefined, FoundRules | undefined, FoundRules | undefined];
  const checked = new Map(toolNames.map((tool, index) => [tool, replies[facts.length + index]!]));
  const tried = replies.slice(-needed.length);
  return {
    facts: host,
    // The version is printed even if it is too old.
    versions: Object.fromEntries([...checked].flatMap(([tool, { stdout }]) => (stdout === "" ? [] : [[tool, stdout]]))),
    backend: rules4?.place.backend,
    ipv4: forwarding(forward4, rules4),
    ipv6: forwarding(forward6, rules6),
    lacks: lacksOf(kinds, firewall, checked, new Map(needed.map((need, index) => [need, tried[index]!]))),
    warnings: [
      ...new Set([
        ...(host ? warningsAbout(host, firewall) : []),
        ...[rules4, rules6].flatMap((rules) => (rules ? firewallWarnings(rules) : [])),
      ]),
    ],
  };
}

/** The answer; undefined if there is none, in which case a probe has the reason. */
function answerOf<T>({ parse }: Pick<Fact<Found<T>>, "parse">, reply: CommandResult): T | undefined {
  try {
    return parse(reply).value;
  } catch (error) {
    if (error instanceof CommandFailure) return undefined;
    throw error;
  }
}

const forwarding = (setting: string | undefined, rules: FoundRules | undefined): Forwarding => ({
  on: setting === undefined ? undefined : setting !== "0",
  drops: rules?.forwardFilter !== undefined,
});

/** What cannot be created, grouped by what the user has to do about it. */
function lacksOf(
  kinds: readonly AnyResource[],
  firewall: FirewallChoice,
  checked: ReadonlyMap<ToolName, CommandResult>,
  tried: ReadonlyMap<Need, CommandResult>,
): Lack[] {
  const isMissing = (tool: ToolName) => checked.get(tool)?.exitCode === 127;
  // As the resources do: nft if it was chosen or if there is nothing else.
  const byNft = firewall === "nftables" || (firewall === "auto" && isMissing("iptables") && !isMissing("nft"));
  const needsOf = ({ needs, transactional }: AnyResource): readonly Need[] => [
    ...needs.map((need) => (byNft && (need === "iptables" || need === "ip6tables") ? "nft" : need)),
    ...(transactional ? (["flock"] as const) : []),
  ];
  const failed = [...tried].flatMap(([need, reply]) => {
    const failure = failureOf(need, reply, checked);
    return failure ? [{ need, failure }] : [];
  });
  const failuresByAdvice = Map.groupBy(failed, ({ failure }) => failure.advice ?? failure.message);
  return [...failuresByAdvice.values()].flatMap((failures) => {
    const missing = failures.map(({ need }) => need);
    const lacking = kinds.filter((kind) => needsOf(kind).some((need) => missing.includes(need)));
    if (lacking.length === 0) return [];
    const special = missing.every((need) => typeof need !== "string");
    return [{ problem: explain(failures[0]!.failure), special, kinds: lacking.map(({ kind }) => kind).sort() }];
  });
}

/** Why a host lacks this: its tool is missing or too old, or whatever the probe reports. */
function failureOf(
  need: Need,
  reply: CommandResult,
  checked: ReadonlyMap<ToolName, CommandResult>,
): CommandFailure | undefined {
  const probe = probeOf(need);
  // Other probes run `ip`, too.
  const tool = toolOf(need) ?? (probe.argv.includes("ip") ? "ip" : undefined);
  const check = tool && checked.get(tool)!;
  if (tool && check && check.exitCode !== 0) return new CommandFailure(toolCheck(tool), check);
  return reply.exitCode === 0 ? undefined : new CommandFailure(probe, reply);
}
