/** Refuses changes that would cut the path by which a host is reached, before anything is created. */
import { isDeepStrictEqual } from "node:util";
import {
  type HostNetworkPart,
  type Routing,
  type ManagementPath,
  concernsManagementPath,
  isNextHop,
  replyRoute,
  routingFacts,
  managementPathConflict,
  routingWith,
} from "../commands/management-path.js";
import type { Transport } from "../transport/transport.js";
import { ResourceError } from "./errors.js";
import type { State, Task } from "./reconcile.js";

const advice =
  "Choose another one; or, where the host is to be reached by another way afterwards, say `allowLockout: true`.";

/** Guards the management path of one host in one run. */
export class LockoutGuard {
  /** What this run's resources have added to the host's network. */
  private readonly accepted: HostNetworkPart[] = [];

  /** @param managementPath Undefined where it is not known. */
  constructor(private readonly managementPath: Promise<ManagementPath | undefined>) {}

  /** Throws if the resource would cut the management path. */
  async check(task: Task): Promise<void> {
    const { definition, inputs, context, subject, transport } = task;
    const partsOf = (inputs: State): readonly HostNetworkPart[] => definition.inHostNetwork?.(inputs) ?? [];
    // What exists already has not cut it.
    const before = context.recorded ? partsOf(context.recorded) : [];
    const parts = partsOf(inputs).filter((part) => !before.some((other) => isDeepStrictEqual(other, part)));
    const managementPath = parts.length > 0 ? await this.managementPath : undefined;
    if (!managementPath) return;
    const refuse = (property: string, why: string) => {
      throw new ResourceError(subject, `${property}: ${why}; nothing was changed for this resource`, advice);
    };
    for (const part of parts) {
      const why = managementPathConflict(part, managementPath);
      if (why !== undefined) refuse(part.property, why);
    }
    const routing = parts.filter((part) => concernsManagementPath(part, managementPath));
    if (routing.length === 0) return;
    const seen = await observeRouting(transport, managementPath);
    // There is no await from here on, so what another resource was allowed to add in the meantime is included.
    const there = routingWith(seen, this.accepted);
    const [now, then] = [replyRoute(there, managementPath), replyRoute(routingWith(there, routing), managementPath)];
    if (now !== undefined && now !== then)
      refuse(
        routing[0]!.property,
        `answers to ${managementPath.client}, from which Pulumi reaches this host, would go ${describeRoute(then)} instead of ${describeRoute(now)}`,
      );
    for (const part of routing)
      if (isNextHop(part, now))
        refuse(part.property, `answers to ${managementPath.client}, from which Pulumi reaches this host, go by it`);
    this.accepted.push(...routing);
  }
}

/** Observes the host's routing. */
async function observeRouting(transport: Transport, managementPath: ManagementPath): Promise<Routing> {
  const [rules, routes] = routingFacts(managementPath);
  const commands = [rules, routes].map(({ command }) => ({ ...command, always: true }));
  const replies = await transport.run({ commands });
  return { rules: rules.parse(replies[0]!).value ?? [], routes: routes.parse(replies[1]!).value ?? [] };
}

const describeRoute = (result: string | undefined) =>
  result === undefined
    ? "nowhere"
    : result.startsWith("dev ")
      ? result.replace(
          /^dev (\S*) via (\S*)$/,
          (_, device: string, via: string) => `by ${device}${via && ` via ${via}`}`,
        )
      : `nowhere (${result})`;
