/**
 * Interfaces that are created on a parent, an interface of the host's own namespace, and disappear with it: macvlan,
 * ipvlan.
 */
import { type Command, type Found, ip } from "./command.js";
import {
  type GatewayEnd,
  addGateways,
  defaultRoutes,
  gatewayProblems,
  gatewayQuestions,
  gatewayState,
  removeGateways,
} from "./gateway.js";
import { addLinkInNamespace } from "./link-in-namespace.js";
import { type Link, link, parentLink } from "./link.js";
import { type WantedLink, ipv6MtuProblems, isMarked, managedAddresses, newLink, planLink } from "./link-plan.js";
import { inTemporaryNamespace } from "./probes.js";

/** The requested properties. */
interface Stacked extends Omit<GatewayEnd, "addresses" | "up">, Pick<WantedLink, "addresses" | "mac" | "mtu" | "up"> {
  readonly parent: string;
  readonly up: boolean;
}

/** The owner. */
interface Owner extends Pick<WantedLink, "mark" | "group"> {
  readonly protocol: number;
  readonly recorded?: Partial<GatewayEnd> | undefined;
}

/** The host's answers; those about its gateways have keys of their own. */
interface Answers {
  readonly link: Found<Link>;
  readonly parent: Found<Link>;
}

/** Checks whether the kernel supports a kind of interface, on whichever parent kind it has; both are temporary. */
export const stackedProbe = (kind: string): Command => ({
  argv: inTemporaryNamespace("sh", "-c", probeScript, "sh", "type", kind),
});
const probeScript = `# makes an interface on another one
for parent in bridge dummy veth; do ip link add name a0 type $parent 2>/dev/null && break; done
exec ip link add link a0 name a1 "$@"`;

/** Problems between its properties. */
export function stackedProblems(inputs: Stacked): { property: string; message: string }[] {
  const { namespace, name, parent, mtu, addresses } = inputs;
  return [
    ...(namespace === undefined && name === parent
      ? [{ property: "name", message: "is the parent's, in the same namespace; it needs another one there" }]
      : []),
    ...gatewayProblems("", inputs),
    ...ipv6MtuProblems(mtu, addresses),
  ];
}

/** The facts about it, its parent, and the default routes through it. */
export const stackedQuestions = (inputs: Stacked, recorded: Partial<Stacked> | undefined) => ({
  link: link(inputs.namespace, inputs.name),
  parent: parentLink(inputs.parent),
  ...gatewayQuestions("own", inputs, recorded),
});

/** The default routes in its namespace. */
export const stackedRoutes = (answers: Answers) => defaultRoutes(answers, "own");

/** Its parent. Anything but the requested parent is expressed in words that are not an interface's name. */
function parentOf({ namespace, parent }: Stacked, { peer }: Link, answers: Answers): string {
  if (namespace === undefined && typeof peer === "string") return peer;
  // For an interface in another namespace, the kernel only reports the parent's index.
  if (namespace !== undefined && peer === answers.parent.value?.ifindex) return parent;
  return typeof peer === "string" ? `${peer} in ${String(namespace)}` : `interface ${String(peer)}`;
}

/** Whether it exists with this kind and on the requested parent. */
export function isInPlace(kind: string, inputs: Stacked, answers: Answers): boolean {
  const { value: found } = answers.link;
  return found?.kind === kind && parentOf(inputs, found, answers) === inputs.parent;
}

/** Its state in terms of the properties; what only its kind has is left to its resource. */
export const stackedState = (inputs: Stacked, found: Link, answers: Answers, owner: Owner) => ({
  namespace: inputs.namespace,
  name: found.name,
  parent: parentOf(inputs, found, answers),
  addresses: managedAddresses(found, inputs.addresses),
  gateway: gatewayState(inputs, stackedRoutes(answers), owner),
  ...(inputs.mtu !== undefined && { mtu: found.mtu }),
  up: found.up,
  ifindex: found.ifindex,
  marked: isMarked(found, owner),
});

/** The commands that create it directly where it belongs. `options`: what `ip link add` takes after the kind. */
export function makeStacked(
  kind: string,
  options: readonly string[],
  inputs: Stacked,
  answers: Answers,
  { group }: Owner,
): Command[] {
  const { namespace, name, parent, mac, mtu } = inputs;
  const words = [
    // BusyBox's `ip` treats an unknown word as the interface's name and would create something from the words that it
    // knows; it refuses a second name, which is `dev` here.
    ...["group", group, "dev", name, "link", parent],
    ...(namespace === undefined ? [] : ["netns", namespace]),
    ...(mac === undefined ? [] : ["address", mac]),
    ...(mtu === undefined ? [] : ["mtu", mtu]),
    ...["type", kind, ...options],
  ];
  // Without its parent it could not be recreated: the first command reports that, and the existing one stays.
  const replacesExisting = answers.link.value !== undefined && answers.parent.value !== undefined;
  return [
    ...(replacesExisting ? [removeStacked(inputs)] : []),
    namespace === undefined ? ip(undefined, "link", "add", ...words) : addLinkInNamespace(name, ...words),
  ];
}

/** The command that removes it. */
export const removeStacked = ({ namespace, name }: Stacked): Command => ip(namespace, "link", "delete", "dev", name);

/** The commands that set what interfaces of every kind have. `there`: as it is; undefined if it was just created. */
export function planStacked(inputs: Stacked, there: Link | undefined, answers: Answers, owner: Owner): Command[] {
  const wanted: WantedLink = { ...inputs, mark: owner.mark, group: owner.group };
  const link = there ?? newLink(wanted, "");
  const routes = stackedRoutes(answers);
  return [
    ...(there ? removeGateways(inputs, routes, owner) : []),
    ...planLink(link, wanted),
    ...addGateways(inputs, link, routes, owner),
  ];
}
