import type { Diagnosis, Forwarding } from "../lifecycle/doctor.js";
import { bootTimeOf } from "../lifecycle/preflight.js";
import { tableOf } from "./table.js";

/** A host, with what was found there or why it was not examined. */
export interface Finding {
  readonly host: string;
  /** How it is reached: `ops@192.0.2.10:22, sudo`; undefined if that is unknown. */
  readonly reachedAs: string | undefined;
  readonly diagnosis: Diagnosis | undefined;
  /** Kinds of resources that cannot be created there. */
  readonly missing: readonly string[];
  /** What prevents this stack's resources from being created there. */
  readonly problems: readonly string[];
  /** What the user should know nevertheless. */
  readonly warnings: readonly string[];
}

const heading = [
  "HOST",
  "REACHED AS",
  "KERNEL",
  "IPROUTE2",
  "FIREWALL",
  "FORWARDS",
  "SERVICES",
  "BOOTED (UTC)",
  "CAN MAKE",
];

/** A table with one line per host, followed by the problems and what to do about them. */
export function doctorLines(findings: readonly Finding[]): string {
  const below = findings.flatMap(({ host, problems, warnings }) => [
    ...problems.map((problem) => `problem: ${host}: ${problem}\n`),
    ...warnings.map((warning) => `warning: ${host}: ${warning}\n`),
  ]);
  return tableOf([heading, ...findings.map(rowOf)]) + (below.length > 0 ? `\n${below.join("")}` : "");
}

function rowOf({ host, reachedAs = "-", diagnosis, missing }: Finding): string[] {
  if (!diagnosis) return [host, reachedAs, "-", "-", "-", "-", "-", "-", "not reached"];
  const { facts, versions, ipv4, ipv6 } = diagnosis;
  return [
    host,
    reachedAs,
    facts?.kernel ?? "-",
    versions.ip ?? "-",
    firewallOf(diagnosis),
    `IPv4 ${forwards(ipv4)}, IPv6 ${forwards(ipv6)}`,
    facts?.services.join(", ") || "-",
    facts ? bootTimeOf(facts) : "-",
    missing.length > 0 ? `all but ${missing.join(", ")}` : "all",
  ];
}

function firewallOf({ versions: { iptables, nft }, backend }: Diagnosis): string {
  const parts = [
    ...(iptables === undefined ? [] : [`iptables ${iptables}${backend === undefined ? "" : ` (${backend})`}`]),
    ...(nft === undefined ? [] : [`nft ${nft}`]),
  ];
  return parts.join(", ") || "-";
}

function forwards({ on, drops }: Forwarding): string {
  if (on === undefined) return "-";
  return `${on ? "on" : "off"}${drops ? " (drops the rest)" : ""}`;
}

/** The findings as data. */
export function doctorJson(findings: readonly Finding[]): string {
  const values = findings.map(({ host, reachedAs, diagnosis, missing, problems, warnings }) => ({
    host,
    reachedAs: reachedAs ?? null,
    reached: diagnosis !== undefined,
    kernel: diagnosis?.facts?.kernel ?? null,
    bootId: diagnosis?.facts?.bootId ?? null,
    bootedAt: diagnosis?.facts?.bootedAt.toISOString() ?? null,
    services: diagnosis?.facts?.services ?? [],
    versions: diagnosis?.versions ?? {},
    iptablesBackend: diagnosis?.backend ?? null,
    forwarding: { ipv4: diagnosis?.ipv4 ?? null, ipv6: diagnosis?.ipv6 ?? null },
    missing,
    problems,
    warnings,
  }));
  return `${JSON.stringify(values, null, 2)}\n`;
}
