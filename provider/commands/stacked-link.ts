/** Interfaces that stand on a parent, an interface of the host's own namespace, and go with it: macvlan, ipvlan. */
import { familyOf } from "../schema/address.js";
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
import { type WantedLink, isMarked, managedAddresses, newLink, planLink } from "./link-plan.js";
import { inTemporaryNamespace } from "./probes.js";

/** What is asked for. */
interface Stacked extends Omit<GatewayEnd, "addresses" | "up">, Pick<WantedLink, "addresses" | "mac" | "mtu" | "up"> {
  readonly parent: string;
  readonly up: boolean;
}

/** Whose it is to be. */
interface Owner extends Pick<WantedLink, "mark" | "group"> {
  readonly protocol: number;
  readonly recorded?: Partial<GatewayEnd> | undefined;
}

/** What the host says of it; the answers about its gateways have names of their own. */
interface Answers {
  readonly link: Found<Link>;
  readonly parent: Found<Link>;
}

/** Tries whether a kernel has interfaces of a kind, on one that goes with the command: whichever the kernel has. */
export const stackedProbe = (kind: string): Command => ({
  argv: inTemporaryNamespace("sh", "-c", probeScript, "sh", "type", kind),
});
const probeScript = `# makes an interface on another one
for parent in bridge dummy veth; do ip link add name a0 type $parent 2>/dev/null && break; done
exec ip link add link a0 name a1 "$@"`;

/** What is wrong between its properties. */
export function stackedProblems(inputs: Stacked): { property: string; message: string }[] {
  const { namespace, name, parent, mtu, addresses } = inputs;
  return [
    ...(namespace === undefined && name === parent
      ? [{ property: "name", message: "is the parent's, in the same namespace; it needs another one there" }]
      : []),
    ...gatewayProblems("", inputs),
    ...(mtu !== undefined && mtu < 1280 && addresses.some((address) => familyOf(address) === 6)
      ? [{ property: "mtu", message: "has to be at least 1280 where there are IPv6 addresses (RFC 8200)" }]
      : []),
  ];
}

/** Asks for it, for its parent, and for the default routes by it. */
export const stackedQuestions = (inputs: Stacked, recorded: Partial<Stacked> | undefined) => ({
  link: link(inputs.namespace, inputs.name),
  parent: parentLink(inputs.parent),
  ...gatewayQuestions("own", inputs, recorded),
});

/** The default routes in its namespace. */
export const stackedRoutes = (answers: Answers) => defaultRoutes(answers, "own");

/** What it stands on; anything but the parent that was asked for in words that are no interface's name. */
function parentOf({ namespace, parent }: Stacked, { peer }: Link, answers: Answers): string {
  if (namespace === undefined && typeof peer === "string") return peer;
  // Of an interface in another namespace the kernel tells the number.
  if (namespace !== undefined && peer === answers.parent.value?.ifindex) return parent;
  return typeof peer === "string" ? `${peer} in ${String(namespace)}` : `interface ${String(peer)}`;
}

/** Whether it is there as such a kind of interface, and on the parent that was asked for. */
export function isInPlace(kind: string, inputs: Stacked, answers: Answers): boolean {
  const { value: found } = answers.link;
  return found?.kind === kind && parentOf(inputs, found, answers) === inputs.parent;
}

/** It as it is, in the words of the properties; what only its kind has is left to its resource. */
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

/** The commands that make it, where it belongs at once; `options` are what `ip link add` takes behind the kind. */
export function makeStacked(
  kind: string,
  options: readonly string[],
  inputs: Stacked,
  answers: Answers,
  { group }: Owner,
): Command[] {
  const { namespace, name, parent, mac, mtu } = inputs;
  const words = [
    // BusyBox's `ip` takes a word that it does not know for the interface's name, and would make something with what it does
    // know; it refuses a second name, which is `dev` here.
    ...["group", group, "dev", name, "link", parent],
    ...(namespace === undefined ? [] : ["netns", namespace]),
    ...(mac === undefined ? [] : ["address", mac]),
    ...(mtu === undefined ? [] : ["mtu", mtu]),
    ...["type", kind, ...options],
  ];
  // Without its parent it could not be made anew: the first command says so, and what is there stays.
  const replacesExisting = answers.link.value !== undefined && answers.parent.value !== undefined;
  return [
    ...(replacesExisting ? [removeStacked(inputs)] : []),
    namespace === undefined ? ip(undefined, "link", "add", ...words) : addLinkInNamespace(name, ...words),
  ];
}

/** The command that takes it away. */
export const removeStacked = ({ namespace, name }: Stacked): Command => ip(namespace, "link", "delete", "dev", name);

/** The commands that give it all that interfaces of every kind have; `there`: as it is, undefined where it was just made. */
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
