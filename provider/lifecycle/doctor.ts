/** Whether a host has what resources need, before any is made there. */
import { CommandFailure } from "../commands/failure.js";
import { type HostFacts, hostFacts } from "../commands/host-facts.js";
import { firewallWarnings, markedRules } from "../commands/firewall.js";
import type { FoundRules } from "../commands/rules.js";
import type { FirewallChoice } from "../schema/host.js";
import { type Need, probes } from "../commands/probes.js";
import { sysctl } from "../commands/sysctl.js";
import type { Fact, Found } from "../commands/command.js";
import type { Command, CommandResult, Transport } from "../transport/transport.js";
import type { AnyResource } from "./define-resource.js";
import { warningsAbout } from "./preflight.js";
import { explain } from "./survey.js";

/** How a host sees to packets of a family. */
export interface Forwarding {
  /** Whether the kernel forwards them; undefined where it has no such family. */
  readonly on: boolean | undefined;
  /** Whether it drops what no rule accepts. */
  readonly drops: boolean;
}

/** Something that a host lacks. */
export interface Lack {
  /** The kinds of resources that can't be made without it. */
  readonly kinds: readonly string[];
  /** Whether only resources of these kinds ask for it, by probes of their own: a host may well do without. */
  readonly special: boolean;
  /** What the host said, and what to do. */
  readonly problem: string;
}

/** What a host has, and what it lacks. */
export interface Diagnosis {
  /** Undefined where it does not say what every Linux says. */
  readonly facts: HostFacts | undefined;
  /** Versions of iproute2, iptables and nft, as `6.1.0`; those that it has. */
  readonly versions: { readonly ip?: string; readonly iptables?: string; readonly nft?: string };
  /** The backend of the host's `iptables`. */
  readonly backend: string | undefined;
  readonly ipv4: Forwarding;
  readonly ipv6: Forwarding;
  readonly lacks: readonly Lack[];
  readonly warnings: readonly string[];
}

const versionQuestions = {
  ip: { argv: ["ip", "-V"] },
  iptables: { argv: ["iptables", "--version"] },
  nft: { argv: ["nft", "--version"] },
};

/** What tells whether a host has it. */
const probeOf = (need: Need): Command => (typeof need === "string" ? probes[need] : need);

/** Tries on a host what these kinds of resources need, with rules made by this firewall. One round trip; nothing is left there. */
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
    markedRules(undefined, 4, []),
    markedRules(undefined, 6, []),
  ] as const;
  const questions: Command[] = [
    ...facts.map(({ command }) => command),
    ...Object.values(versionQuestions),
    ...needed.map(probeOf),
  ];
  const replies = await transport.run({ commands: questions.map((command) => ({ ...command, always: true })) });
  const [host, forward4, forward6, rules4, rules6] = facts.map((fact, index) =>
    answerOf(fact as Fact<Found<unknown>>, replies[index]!),
  ) as [HostFacts | undefined, string | undefined, string | undefined, FoundRules | undefined, FoundRules | undefined];
  const versions = Object.keys(versionQuestions).flatMap((program, index) => {
    const { exitCode, stdout } = replies[facts.length + index]!;
    const version = exitCode === 0 ? /\d+(?:\.\d+)+/.exec(stdout)?.[0] : undefined;
    return version === undefined ? [] : [[program, version]];
  });
  const tried = replies.slice(-needed.length);
  return {
    facts: host,
    versions: Object.fromEntries(versions) as Diagnosis["versions"],
    backend: rules4?.place.backend,
    ipv4: forwarding(forward4, rules4),
    ipv6: forwarding(forward6, rules6),
    lacks: lacksOf(kinds, firewall, new Map(needed.map((need, index) => [need, tried[index]!]))),
    warnings: [
      ...new Set([
        ...(host ? warningsAbout(host) : []),
        ...[rules4, rules6].flatMap((rules) => (rules ? firewallWarnings(rules) : [])),
      ]),
    ],
  };
}

/** What the answer says; undefined where there is none, whose reason a probe has. */
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
  drops: rules?.gate !== undefined,
});

/** What can't be made, by what the host's user has to do about it. */
function lacksOf(
  kinds: readonly AnyResource[],
  firewall: FirewallChoice,
  tried: ReadonlyMap<Need, CommandResult>,
): Lack[] {
  // As the resources do: nft where it was chosen, or where there is nothing else.
  const byNft =
    firewall === "nftables" ||
    (firewall === "auto" && tried.get("iptables")?.exitCode === 127 && tried.get("nft")?.exitCode === 0);
  const needsOf = ({ needs, transactional }: AnyResource): readonly Need[] => [
    ...needs.map((need) => (byNft && (need === "iptables" || need === "ip6tables") ? "nft" : need)),
    ...(transactional ? (["flock"] as const) : []),
  ];
  const failed = [...tried].flatMap(([need, reply]) =>
    reply.exitCode === 0 ? [] : [{ need, failure: new CommandFailure(probeOf(need), reply) }],
  );
  const alike = Map.groupBy(failed, ({ failure }) => failure.advice ?? failure.message);
  return [...alike.values()].flatMap((failures) => {
    const missing = failures.map(({ need }) => need);
    const lacking = kinds.filter((kind) => needsOf(kind).some((need) => missing.includes(need)));
    if (lacking.length === 0) return [];
    const special = missing.every((need) => typeof need !== "string");
    return [{ problem: explain(failures[0]!.failure), special, kinds: lacking.map(({ kind }) => kind).sort() }];
  });
}
