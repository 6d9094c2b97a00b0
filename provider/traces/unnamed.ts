/**
 * Marked interfaces in namespaces that have a process but no name, because somebody deleted it, and these namespaces as a
 * whole, which their `lo` represents.
 */
import {
  type ListedInterface,
  type MarkedInterface,
  interfacesOfProcess,
  markedInUnnamed,
  removeMarked,
} from "../commands/marked-interfaces.js";
import { type StackName, groupOf, isOfStack, kernelKindOf, stackMark } from "../lifecycle/ownership.js";
import { type Trace, claimTraces, defineTraceSort, gone, removal } from "../lifecycle/trace.js";

const sort = defineTraceSort({
  name: "interface in a namespace without a name",
  onHost: (stack) => ({ found: markedInUnnamed(stackMark(stack)) }),
  // The namespace of a process may be another host of the inventory, such as a container with an SSH server of its own,
  // and the other end of a pair may be in its place.
  isPlaceless: true,
  find: ({ host }, stack) =>
    host.found.filter(({ alias }) => isOfStack(alias, stack)).map((found) => traceOf(found, stack)),
});

/** Anything with the resource's mark. */
export const unnamedTraces = claimTraces(sort, () => true);

function traceOf(found: MarkedInterface, stack: StackName): Trace<MarkedInterface> {
  const { name, alias, number = "" } = found;
  const process = found.process!;
  const isNamespace = name === "lo";
  return {
    object: found,
    mark: alias,
    description: isNamespace
      ? `namespace without a name, of process ${process}`
      : `interface ${name} in the namespace of process ${process}`,
    identity: `${name} ${number} ${alias}`,
    stage: isNamespace ? "namespace" : "interface",
    removal: isNamespace ? namespaceRemoval(found, process, stack) : interfaceRemoval(found, process, stack),
  };
}

const isStillThere = ({ name, alias }: MarkedInterface, there: readonly ListedInterface[]) =>
  there.some((one) => one.name === name && one.alias === alias);

const interfaceRemoval = (found: MarkedInterface, process: number, stack: StackName) =>
  removal([interfacesOfProcess(process)], ([there]) =>
    isStillThere(found, there) ? [removeMarked(kernelKindOf(found.alias), found, groupOf(stack))] : gone,
  );

/** The namespace itself belongs to the processes in it: only its mark is removed, if nothing of the stack is left in it. */
const namespaceRemoval = (found: MarkedInterface, process: number, stack: StackName) =>
  removal([interfacesOfProcess(process)], ([there]) => {
    if (!isStillThere(found, there)) return gone;
    const left = there.filter(
      ({ name, alias, group }) => name !== "lo" && (isOfStack(alias ?? "", stack) || group === groupOf(stack)),
    );
    return left.length > 0
      ? `there is something in it: ${left.map(({ name }) => name).join(", ")}`
      : [removeMarked("lo", found, groupOf(stack))];
  });
