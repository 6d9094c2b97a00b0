/** Plans a Namespace that is attached to a running container or process. */
import type { Attachment } from "../schema/attachment.js";
import { attachTarget, clearTarget, detach, findTarget, describeTarget, type Target, targetOf } from "./attachment.js";
import { type Command, type Found, ip } from "./command.js";
import type { Link } from "./link.js";

/** A name, and what it should refer to. */
interface WantedAttachment {
  readonly name: string;
  readonly attach: Attachment;
}

/** The host's answers about it. */
interface ObservedAttachment {
  /** The interfaces behind the name. */
  readonly links: Found<readonly Link[]>;
  /** Undefined in a delete. */
  readonly target?: Target | undefined;
  /** What remains in a delete after the name is gone. */
  readonly left?: Target | undefined;
}

interface Marks {
  readonly mark: string;
  readonly marks: readonly string[];
  readonly group: number;
}

const loIn = (links: readonly Link[] | undefined) => links?.find(({ name }) => name === "lo");
const isOurs = (lo: Link | undefined, { marks }: Pick<Marks, "marks">) =>
  lo?.alias !== undefined && marks.includes(lo.alias);
const isCurrent = (target: Target | undefined) => target?.named !== undefined && target.named === target.inode;

/** Mistakes that only become apparent when several properties are checked together. */
export function attachmentProblems({ name, attach }: WantedAttachment, hasSysctls: boolean) {
  return [
    ...(hasSysctls
      ? [
          {
            property: "sysctls",
            message:
              "are for a namespace that is made, and go with it; in one that is attached use Sysctl resources, which put back what they found",
          },
        ]
      : []),
    ...([`/run/netns/${name}`, `/var/run/netns/${name}`].includes(attach.path ?? "")
      ? [{ property: "attach.path", message: "is the name that it is to get: choose another `name`" }]
      : []),
  ];
}

/** What it is attached to, in words. Without an observed target, as it should be. */
export function attachedTo(attach: Attachment, target?: Target): string {
  const name = describeTarget(attach);
  if (target === undefined || isCurrent(target)) return name;
  return `a former network namespace: ${target.problem ?? `${name} has another one`}`;
}

/** The observed properties and anything that conflicts with them; nothing if the name does not exist. */
export function interpretAttached(
  { name, attach }: WantedAttachment,
  { links, target }: ObservedAttachment,
  marks: Pick<Marks, "marks">,
) {
  const lo = loIn(links.value);
  if (lo && !isOurs(lo, marks)) {
    return {
      foreign: {
        property: "name",
        mark: lo.alias,
        conflict:
          lo.alias === undefined
            ? "held by a namespace that this stack did not create or attach"
            : `held by a namespace marked ${JSON.stringify(lo.alias)}`,
        advice: `Choose another name, or take that one away on the host: ip netns del ${name}`,
        adoptable: lo.alias === undefined && isCurrent(target),
      },
    };
  }
  const theirs = loIn(target?.links);
  const property = `attach.${targetOf(attach)[0]}`;
  const foreign =
    theirs?.alias !== undefined && !isOurs(theirs, marks)
      ? {
          property,
          mark: theirs.alias,
          conflict: `taken already: its lo has the alias ${JSON.stringify(theirs.alias)}`,
          advice: "One resource can attach it at a time: use the name that it has, or take that resource away first.",
          adoptable: false,
        }
      : undefined;
  if (!lo) return { foreign };
  const state = { loopback: lo.up ? "up" : "down", attachedTo: attachedTo(attach, target), inode: target?.named };
  return { foreign, state };
}

/** The commands that move the name and the mark to the currently running target. */
export function planAttached(
  { name, attach }: WantedAttachment,
  { links, target }: ObservedAttachment,
  { mark, group }: Marks,
): Command[] {
  const lo = loIn(links.value);
  if (lo && isCurrent(target)) return lo.alias === mark ? [] : [ip(name, "link", "set", "dev", "lo", "alias", mark)];
  // Before anything is changed, check that there is something to attach.
  if (lo) return [findTarget(attach), ...detachCommands(name, links.value!, group), attachTarget(attach, name, mark)];
  return [
    ...(links.missing === "stale-namespace" ? [ip(undefined, "netns", "delete", name)] : []),
    attachTarget(attach, name, mark),
  ];
}

const hasOwn = (links: readonly Link[], group: number) => links.some((link) => link.group === group);

function detachCommands(name: string, links: readonly Link[], group: number): Command[] {
  return [...(hasOwn(links, group) ? [ip(name, "link", "delete", "group", group)] : []), detach(name)];
}

/**
 * The commands that remove what is ours; the processes in the namespace keep running. `left`: what it still has after
 * its name is gone, if anybody asked.
 */
export function removeAttached(
  { name, attach }: WantedAttachment,
  { links, target, left = target }: ObservedAttachment,
  { marks, group }: Pick<Marks, "marks" | "group">,
): Command[] {
  if (links.value) return isOurs(loIn(links.value), { marks }) ? detachCommands(name, links.value, group) : [];
  const there = left?.links;
  return there && isOurs(loIn(there), { marks }) ? [clearTarget(attach, group, hasOwn(there, group))] : [];
}
