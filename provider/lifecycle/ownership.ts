import { createHash } from "node:crypto";

/** Which resource of which stack something belongs to. */
export interface Owner {
  readonly project: string;
  readonly stack: string;
  /** Pulumi's name of the resource. */
  readonly name: string;
}

/** A stack, whichever of its resources. */
export type StackName = Pick<Owner, "project" | "stack">;

const digest = (text: string) => createHash("sha256").update(text).digest();

/** Longest mark: nft comments hold 128 bytes, links' aliases and iptables comments 255. */
const longestMark = 120;

/**
 * The mark of a resource, put on what is made for it: a link's alias, a rule's comment. Readable
 * (`linuxnet:shop/dev/Veth/web`), of characters that need no quoting anywhere. Where a name has others, or the
 * whole is too long, they are replaced and the end is a hash of the true name.
 */
export function markOf(kind: string, owner: Owner): string {
  const whole = `linuxnet:${owner.project}/${owner.stack}/${kind}/${owner.name}`;
  if (/^[A-Za-z0-9._:/-]+$/.test(whole) && whole.length <= longestMark) return whole;
  const hash = digest(whole).toString("hex").slice(0, 16);
  return `${whole.replace(/[^A-Za-z0-9._:/-]/g, "_").slice(0, longestMark - 17)}-${hash}`;
}

/** How the marks of all resources of a stack begin, as long as names have no characters that need quoting. */
export const stackMark = ({ project, stack }: StackName) =>
  `linuxnet:${project}/${stack}/`.replace(/[^A-Za-z0-9._:/-]/g, "_").slice(0, longestMark - 17);

/** Whose mark it is, and of which kind of resource; `name` as it stands in the mark. Undefined for any other text. */
export function parseMark(mark: string): { readonly kind: string; readonly owner: Owner } | undefined {
  const [, project, stack, kind, name] = /^linuxnet:([^/]+)\/([^/]+)\/([^/]+)\/(.+)$/.exec(mark) ?? [];
  return project && stack && kind && name ? { kind, owner: { project, stack, name } } : undefined;
}

/** Whether a mark is that of one of this stack's resources. */
export function isOfStack(mark: string, { project, stack }: StackName): boolean {
  const owner = parseMark(mark)?.owner;
  return owner?.project === project && owner.stack === stack;
}

/**
 * A number from the stack's name that a link gets as its group (ip-link(8)) when it is made, since an alias can only be
 * set a moment later: a link of this group without an alias is this stack's, left by a run that died in between.
 * Also what makes all of a stack's links in a namespace addressable at once. 2³⁰ … 2³¹−1.
 */
export function groupOf(owner: StackName): number {
  return 2 ** 30 + (digest(`${owner.project}/${owner.stack}`).readUInt32BE(0) % 2 ** 30);
}

/**
 * The routing protocol number (ip-route(8), `proto`) of a stack's routes. It has eight bits and has to keep clear of the
 * numbers that routing daemons have in rt_protos: 100 … 183. Two stacks get the same one with a chance of 1 in 84.
 */
export function protocolOf(owner: StackName): number {
  return 100 + (digest(`${owner.project}/${owner.stack}`).readUInt32BE(4) % 84);
}

/**
 * The Ethernet address of an interface for which the user gave none: locally administered, the same at every
 * run, different for other stacks, hosts, namespaces and names. Given at creation, so that udev leaves it alone
 * and a bridge does not change its own as ports come and go.
 */
export function defaultMac(owner: Owner, host: string, namespace: string | undefined, name: string): string {
  const bytes = digest(JSON.stringify([owner.project, owner.stack, host, namespace ?? null, name])).subarray(0, 6);
  bytes[0] = (bytes[0]! & 0xfc) | 0x02;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}

/** A name of at most 28 characters for an iptables chain of a resource's own. */
export function chainOf(mark: string): string {
  return `LINUXNET-${digest(mark).toString("hex").slice(0, 12).toUpperCase()}`;
}
