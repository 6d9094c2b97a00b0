import path from "node:path";
import { type Diagnosis, diagnose } from "../lifecycle/doctor.js";
import { explain } from "../lifecycle/survey.js";
import { catalogue } from "../resources/catalogue.js";
import { type HostConnection, describeConnection } from "../transport/connection.js";
import { type Pool, createPool } from "../transport/pool.js";
import { exitCodes } from "./command-error.js";
import { type Finding, doctorJson, doctorLines } from "./doctor-report.js";
import { PulumiStack } from "./pulumi-stack.js";
import { type StackHost, hiddenHosts, stackHosts } from "./stack-hosts.js";
import type { Terminal } from "./terminal.js";

/** The command-line options. */
export interface DoctorOptions {
  readonly stack?: string;
  readonly cwd?: string;
  readonly json?: boolean;
}

/** Checks whether a stack's hosts have what its resources need. Returns the exit code. */
export async function doctor(hosts: readonly string[], options: DoctorOptions, terminal: Terminal): Promise<number> {
  const stack = await PulumiStack.open(path.resolve(options.cwd ?? "."), options.stack);
  const [inventory, resources] = await Promise.all([stack.inventory(), stack.resources()]);
  const used = new Set(resources.map(({ kind }) => kind));
  const hidden = hiddenHosts(resources, hosts);
  const pool = createPool({ warn: (host, text) => terminal.log(`warning: ${host}: ${text}\n`) });
  try {
    const wanted = stackHosts(inventory, resources, hosts).filter(({ wanted }) => wanted);
    const findings = await Promise.all(wanted.map((host) => examineHost(pool, host, used)));
    findings.sort((a, b) => (a.host < b.host ? -1 : 1));
    terminal.print(options.json ? doctorJson(findings) : doctorLines(findings));
    for (const { host, problem } of hidden) terminal.log(`${host} was not looked at: ${problem}\n`);
    if (hidden.length > 0 || findings.some(({ diagnosis }) => diagnosis === undefined)) return exitCodes.failed;
    return findings.some(({ problems }) => problems.length > 0) ? exitCodes.found : exitCodes.clean;
  } finally {
    await pool.close();
  }
}

/**
 * `used`: the kinds of resources in the state. Other kinds that cannot be created are not a problem, unless the state
 * has no resources at all; and then features that few hosts are set up for are not a problem either.
 */
async function examineHost(pool: Pool, host: StackHost, used: ReadonlySet<string>): Promise<Finding> {
  let connection: HostConnection | undefined;
  let diagnosis: Diagnosis;
  try {
    connection = host.connection();
    diagnosis = await diagnose(pool.transport(connection), catalogue, host.firewall);
  } catch (error) {
    const reachedAs = connection && describeReach(connection);
    return { host: host.name, reachedAs, diagnosis: undefined, missing: [], problems: [explain(error)], warnings: [] };
  }
  const missingFeatures = diagnosis.lacks.map(({ kinds, problem, special }) => ({
    text: `${kinds.join(", ")} cannot be created there: ${problem}`,
    matters: (used.size === 0 && !special) || kinds.some((kind) => used.has(kind)),
  }));
  return {
    host: host.name,
    reachedAs: describeReach(connection),
    diagnosis,
    missing: [...new Set(diagnosis.lacks.flatMap(({ kinds }) => kinds))].sort(),
    problems: missingFeatures.flatMap(({ text, matters }) => (matters ? [text] : [])),
    warnings: [...missingFeatures.flatMap(({ text, matters }) => (matters ? [] : [text])), ...diagnosis.warnings],
  };
}

const describeReach = (connection: HostConnection) =>
  `${describeConnection(connection)}${connection.sudo ? ", sudo" : ""}`;
