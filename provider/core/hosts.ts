/** The hosts of one run: the inventory, connections, and what the run has learned of each host that it contacted. */
import { MarkSearch } from "../lifecycle/displaced.js";
import { ResourceError, type Subject } from "../lifecycle/errors.js";
import { machineOf } from "../lifecycle/lives.js";
import { LockoutGuard } from "../lifecycle/lockout.js";
import { type HostFacts, machineIdOf, preflight, rebootedSince, warningsAbout } from "../lifecycle/preflight.js";
import { SharedObservations } from "../lifecycle/shared-observations.js";
import { holdsUnknown } from "../lifecycle/unknown.js";
import { type FirewallChoice, type HostArgs, type HostDefaults, hostName, withHostDefaults } from "../schema/host.js";
import { type HostInventory, readInventory } from "../schema/inventory.js";
import { connectionTo, findHost } from "../transport/inventory.js";
import type { Pool } from "../transport/pool.js";
import { type Transport, TransportError } from "../transport/transport.js";
import type { Properties } from "./properties.js";

/** What a run remembers about a host that it has contacted. */
export interface VisitedHost {
  readonly transport: Transport;
  readonly sharedObservations: SharedObservations;
  readonly markSearch: MarkSearch;
  /** Undefined if they cannot be read: the resources' own errors then say why. */
  readonly facts: Promise<HostFacts | undefined>;
  /** The kinds of resources of which one has recorded the host's boot ID. */
  readonly kindsWithBootId: Set<string>;
  /** The tools that were found to be recent enough. */
  readonly checkedTools: Set<string>;
  readonly lockoutGuard: LockoutGuard;
  /**
   * Settles when the warning about objects of the stack that its state does not have has been shown, if there are any.
   */
  unrecordedWarning?: Promise<void>;
}

/** The hosts of one run. */
export class Hosts {
  private inventory: HostInventory["hosts"] = {};
  private defaults: HostDefaults = {};
  private configurationProblem: string | undefined;
  /**
   * How this run's program reaches its inline hosts, by host name or else by the resource's mark: a state may be older
   * than the program.
   */
  private readonly inlineHosts = new Map<string, HostArgs>();
  private readonly visited = new Map<Transport, VisitedHost>();
  private readonly warnings = new Set<string>();

  constructor(
    private readonly pool: Pick<Pool, "transport">,
    private readonly print: (line: string) => void,
  ) {}

  /** Takes the inventory and the defaults of its hosts from the stack's configuration. */
  configure(configuration: { readonly hosts: unknown; readonly defaults: unknown }): void {
    const { hosts, defaults, problems } = readInventory(configuration);
    this.inventory = hosts;
    this.defaults = defaults;
    if (problems.length > 0) this.configurationProblem = `the stack configuration is wrong: ${problems.join("; ")}`;
  }

  /** Records how the program reaches the resource's host, if it describes the host inline. */
  noteInline(host: string | HostArgs | undefined, mark: string): void {
    if (typeof host === "object" && !holdsUnknown(host)) this.inlineHosts.set(host.name ?? mark, host);
  }

  /** The recorded properties, with the program's current connection details for the host if it has any. */
  withCurrentHost(props: Properties): Properties {
    const { host, mark } = props;
    return typeof host === "string" ? props : { ...props, host: this.inlineHosts.get(host.name ?? mark) ?? host };
  }

  entryOf(host: string | HostArgs): HostArgs {
    if (typeof host === "string") return findHost(host, this.inventory);
    return withHostDefaults(host, hostName(host), this.defaults);
  }

  /** The firewall that the host's rules are created with, if it is known. */
  firewallOf(host: string | HostArgs): FirewallChoice | undefined {
    if (holdsUnknown(host) || (typeof host === "string" && !Object.hasOwn(this.inventory, host))) return undefined;
    return this.entryOf(host).firewall;
  }

  /** Why no resource can be on this host, as far as the configuration tells; undefined if nothing is wrong. */
  problemWith(host: unknown): string | undefined {
    if (this.configurationProblem !== undefined) return this.configurationProblem;
    if (holdsUnknown(host) || host === undefined || host === null) return undefined;
    try {
      if (typeof host === "string") connectionTo(host, findHost(host, this.inventory), this.inventory);
      return undefined;
    } catch (error) {
      if (error instanceof TransportError) return error.message;
      throw error;
    }
  }

  /**
   * The problem with the former host of a resource that moves to another one: it has to be reached there to be deleted.
   */
  problemWithFormer(olds: Partial<Properties> | undefined, host: unknown): string | undefined {
    const before = olds?.host;
    if (typeof before !== "string" || before === host || this.problemWith(before) === undefined) return undefined;
    return `host: it was "${before}", which the inventory (linuxnet:hosts) does not have any more. Leave its entry there for this \`pulumi up\`, which deletes the resource on it; with deleteUnreachable: true in it where that machine is gone for good`;
  }

  /** Connects to a host. Throws a TransportError if the configuration does not tell how. */
  visit(host: string | HostArgs): VisitedHost {
    const name = hostName(host);
    if (this.configurationProblem !== undefined)
      throw new TransportError("configuration", "not-started", name, this.configurationProblem);
    const transport = this.pool.transport(connectionTo(name, this.entryOf(host), this.inventory));
    return this.visited.get(transport) ?? this.addVisited(transport, name, this.firewallOf(host) ?? "auto");
  }

  /** Called once per host. No change waits for the preflight. */
  private addVisited(transport: Transport, name: string, firewall: FirewallChoice): VisitedHost {
    const warn = this.warnerOf(name);
    const facts = preflight(transport).catch(() => undefined);
    void facts.then((facts) => facts && warningsAbout(facts, firewall).forEach(warn));
    const host: VisitedHost = {
      transport,
      sharedObservations: new SharedObservations(transport),
      markSearch: new MarkSearch(transport),
      facts,
      kindsWithBootId: new Set<string>(),
      checkedTools: new Set<string>(),
      lockoutGuard: new LockoutGuard(facts.then((facts) => facts?.managementPath)),
    };
    this.visited.set(transport, host);
    return host;
  }

  /** Shows warnings about the host of this name, each once: every resource of a host would repeat what concerns the host. */
  warnerOf(name: string): (text: string) => void {
    return (text) => {
      const line = `warning: host ${name}: ${text}`;
      if (!this.warnings.has(line)) this.print(line);
      this.warnings.add(line);
    };
  }

  /** Whether the user has chosen another machine for the host than the one on which this was recorded. */
  isOfOtherMachine(host: string | HostArgs, recorded: Properties | undefined): boolean {
    const { machineId } = this.entryOf(host);
    const recordedOn = machineOf(recorded?.life);
    return machineId !== undefined && recordedOn !== undefined && machineId !== recordedOn;
  }

  /**
   * Throws if the host is not the machine that the resource was created on, unless the user states that it is the right
   * one.
   */
  async checkMachine(
    { host, life }: Properties,
    { visited, subject }: { readonly visited: VisitedHost; readonly subject: Subject },
  ): Promise<void> {
    const { machineId } = this.entryOf(host);
    const now = await machineIdAt(visited);
    const wanted = machineId ?? machineOf(life);
    if (now === undefined || wanted === undefined || now === wanted) return;
    throw new ResourceError(
      subject,
      `${subject.host} is another machine (${now}) than the one ${machineId === undefined ? "that this was made on" : "that its machineId asks for"} (${wanted}); nothing was changed for this resource`,
      `Correct the host's address. Or, where it has taken the other one's place, set machineId: "${now}" for it in the inventory (linuxnet:hosts) and run \`pulumi up --refresh --run-program\`: what is missing there is made again.`,
    );
  }
}

/** The host's machine ID, if the host provides one. */
export async function machineIdAt({ facts }: VisitedHost): Promise<string | undefined> {
  const known = await facts;
  return known && machineIdOf(known);
}

/** Warns if a resource that is gone may have gone by a reboot. */
export async function explainLoss(
  { facts }: VisitedHost,
  madeIn: string | undefined,
  warn: (text: string) => void,
): Promise<void> {
  const known = await facts;
  const why = known && madeIn !== undefined ? rebootedSince(known, madeIn) : undefined;
  if (why !== undefined) warn(why);
}
