/** Named network namespaces, marked by the alias of their `lo`. */
import { detach } from "../commands/attachment.js";
import { type Answers, ip } from "../commands/command.js";
import { rulesOfAnyStack } from "../commands/firewall.js";
import { type Link, links } from "../commands/link.js";
import { processesIn, routesOfProtocol } from "../commands/marked-objects.js";
import { policyRulesOfProtocol } from "../commands/policy-rule.js";
import { type StackName, groupOf, isOfStack, protocolOf } from "../lifecycle/ownership.js";
import {
  type SurveyedNamespace,
  type Trace,
  type TraceClaim,
  claimTraces,
  defineTraceSort,
  gone,
  notAsFound,
  removal,
} from "../lifecycle/trace.js";
import { linksIn } from "./interface.js";
import { netnsFileTraces } from "./netns-file.js";
import { unnamedTraces } from "./unnamed.js";

type Namespace = SurveyedNamespace<Answers<ReturnType<typeof linksIn>>>;

const sort = defineTraceSort({
  name: "namespace",
  inNamespace: linksIn,
  find: ({ namespaces }, stack) => namespaces.flatMap((namespace) => traceOf(namespace, stack) ?? []),
});

/** A namespace by the name in the property `name`, its files, and what is left of it without a name. */
export const namespaceTraces: readonly TraceClaim[] = [
  claimTraces(sort, ({ name }, { names }: Namespace) => typeof name !== "string" || names.includes(name)),
  netnsFileTraces,
  unnamedTraces,
];

function traceOf(namespace: Namespace, stack: StackName): Trace<Namespace> | undefined {
  const names = namespace.names.filter((name) => name !== undefined);
  const mark = namespace.answers.links.value?.find(({ name }) => name === "lo")?.alias;
  // The host's own namespace is never deleted, whatever names and marks it was given.
  if (mark === undefined || !isOfStack(mark, stack) || namespace.names.includes(undefined)) return undefined;
  return {
    object: namespace,
    mark,
    description: `namespace ${names.join(" = ")}`,
    identity: `${names.join()} ${mark}`,
    stage: "namespace",
    removal: namespaceRemoval(names, mark, stack),
  };
}

/** Interfaces that the kernel adds to each namespace once their module is loaded. */
const fallbackDevice = /^(lo|tunl0|sit0|gre0|gretap0|erspan0|ip6tnl0|ip6gre0|ip_vti0|ip6_vti0)$/;

/**
 * A namespace is only removed if it is empty: removing it would also remove its other contents, whoever owns them. If a
 * process runs in it, as in an attached container's namespace, the namespace lives on. Then only its name and mark are
 * removed, and only remaining objects of this stack prevent that.
 */
function namespaceRemoval(names: readonly string[], mark: string, stack: StackName) {
  const protocol = protocolOf(stack);
  const namespace = names[0]!;
  const inside = [
    rulesOfAnyStack(namespace, 4),
    rulesOfAnyStack(namespace, 6),
    routesOfProtocol(namespace, 4, protocol),
    routesOfProtocol(namespace, 6, protocol),
    policyRulesOfProtocol(namespace, 4, protocol),
    policyRulesOfProtocol(namespace, 6, protocol),
  ] as const;
  const guards = [ip(namespace, "-j", "link", "show"), ...inside.map(({ command }) => command)];
  return removal(
    [links(namespace), processesIn(namespace), ...inside],
    ([{ value: there = [] }, { value: hasProcesses = false }, ...contents]) => {
      const isOwn = ({ alias, group }: Link) => isOfStack(alias ?? "", stack) || group === groupOf(stack);
      const left = there.filter((link) => !fallbackDevice.test(link.name) && (!hasProcesses || isOwn(link)));
      if (there.length === 0) return gone;
      if (!there.some(({ name, alias }) => name === "lo" && alias === mark)) return notAsFound;
      if (left.length > 0) return `there is something in it: ${left.map(({ name }) => name).join(", ")}`;
      if (contents.some(({ value = [] }) => value.length > 0)) return "there are rules or routes in it";
      const [first, ...others] = names.map((name) => ip(undefined, "netns", "delete", name));
      return [...others, hasProcesses ? detach(namespace) : first!];
    },
    guards,
  );
}
