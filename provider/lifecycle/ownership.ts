import { createHash } from "node:crypto";

/** The resource and the stack that something belongs to. */
export interface Owner {
  readonly project: string;
  readonly stack: string;
  /**
   * Tells the stack from others with the same names: ten hexadecimal digits (stack-id.ts). Version 0.1.0 had none in
   * its marks.
   */
  readonly id?: string | undefined;
  /**
   * For a stack whose resources version 0.1.0 created: the `PROJECT/STACK` from which its numbers and Ethernet
   * addresses are derived. Default: they are derived from the id.
   */
  readonly numberedAs?: string | undefined;
  /** The resource's name in Pulumi. */
  readonly name: string;
}

/** A stack, without a particular resource. */
export type StackName = Omit<Owner, "name">;

const digest = (text: string) => createHash("sha256").update(text).digest();

/** The maximum length of a mark: nft comments hold 128 bytes, interface aliases and iptables comments 255. */
const longestMark = 120;
const needsNoQuoting = /^[A-Za-z0-9._:/-]+$/;
const withoutQuoting = (text: string) => text.replace(/[^A-Za-z0-9._:/-]/g, "_");

/**
 * The mark of a resource, put on whatever is created for it: an interface's alias, a rule's comment. It is readable
 * (`linuxnet:shop/dev@4f1c90ab3e/Veth/web`) and only has characters that need no quoting anywhere. If a name has other
 * characters, or the whole is too long, they are replaced and the mark ends in a hash of the true name.
 */
export function markOf(kind: string, owner: Owner): string {
  if (owner.id !== undefined) {
    const start = `${stackMark(owner)}${kind}/`;
    return `${start}${brief(owner.name, longestMark - start.length)}`;
  }
  const whole = `linuxnet:${owner.project}/${owner.stack}/${kind}/${owner.name}`;
  return brief(whole, longestMark);
}

/** The text if it is short and plain; otherwise its beginning and a hash of the whole. */
function brief(text: string, room: number): string {
  if (needsNoQuoting.test(text) && text.length <= room) return text;
  const hash = digest(text).toString("hex").slice(0, 16);
  return `${withoutQuoting(text).slice(0, room - hash.length - 1)}-${hash}`;
}

/**
 * The prefix of the marks of all resources of a stack. The id tells the stack from others whose longer names begin
 * alike.
 */
export function stackMark({ project, stack, id }: StackName): string {
  if (id === undefined) return withoutQuoting(`linuxnet:${project}/${stack}/`).slice(0, longestMark - 17);
  return `linuxnet:${withoutQuoting(project).slice(0, 30)}/${withoutQuoting(stack).slice(0, 24)}@${id}/`;
}

/** The owner and kind that a mark names, as they appear in the mark. Undefined for any other text. */
export function parseMark(mark: string): { readonly kind: string; readonly owner: Owner } | undefined {
  const [, project, stack, id, kind, name] =
    /^linuxnet:([^/]+)\/([^/]+?)(?:@([0-9a-f]{10}))?\/([^/]+)\/(.+)$/.exec(mark) ?? [];
  return project && stack && kind && name ? { kind, owner: { project, stack, ...(id && { id }), name } } : undefined;
}

/** Whether a mark belongs to a resource of this stack, under its current name. */
export function isOfStack(mark: string, stack: StackName): boolean {
  const owner = parseMark(mark)?.owner;
  if (owner === undefined) return false;
  // Resources that were moved to another stack keep the id of the stack where they were created, so names count, too.
  return stack.id === undefined
    ? owner.id === undefined && namesOf(owner) === namesOf(stack)
    : mark.startsWith(stackMark(stack));
}

/** The same for a stack under any of its names: its current ones and those in the state that Pulumi has recorded. */
export const isOfThisStack = (
  mark: string,
  { owner, stacks = [] }: { readonly owner: StackName; readonly stacks?: readonly StackName[] },
): boolean => [owner, ...stacks].some((stack) => isOfStack(mark, stack));

/** The kernel's kind for the interfaces of the resource with a mark: `vxlan` for a Vxlan. */
export const kernelKindOf = (mark: string) => parseMark(mark)!.kind.toLowerCase();

/** A stack's names as `PROJECT/STACK`. */
export const namesOf = ({ project, stack }: StackName) => `${project}/${stack}`;

/** A stack as its marks name it: `PROJECT/STACK@ID`. */
export const stackLabel = (stack: StackName) =>
  [namesOf(stack), ...(stack.id === undefined ? [] : [stack.id])].join("@");

/** Parses the result of `stackLabel`. */
export function parseStack(words: string): StackName | undefined {
  const [, project, stack, id] = /^([\w.-]+)\/([\w.-]+?)(?:@([0-9a-f]{10}))?$/.exec(words) ?? [];
  return project && stack ? { project, stack, ...(id && { id }) } : undefined;
}

/** The text from which a stack's numbers are derived. They stay the same when the stack is renamed. */
const numbersOf = (stack: StackName) => stack.numberedAs ?? stack.id ?? namesOf(stack);

/**
 * A number derived from the stack that an interface gets as its group (ip-link(8)) when it is created, since an alias
 * can only be set a moment later: an interface of this group without an alias belongs to this stack and was left by a
 * run that died in between. It also allows all of a stack's interfaces in a namespace to be addressed at once. 2³⁰ …
 * 2³¹−1.
 */
export function groupOf(owner: StackName): number {
  return 2 ** 30 + (digest(numbersOf(owner)).readUInt32BE(0) % 2 ** 30);
}

/**
 * The routing protocol number (ip-route(8), `proto`) of a stack's routes. It has eight bits and must avoid the numbers
 * of routing daemons in rt_protos: 100 … 183. Two stacks get the same number with a probability of 1 in 84.
 */
export function protocolOf(owner: StackName): number {
  return 100 + (digest(numbersOf(owner)).readUInt32BE(4) % 84);
}

/**
 * The Ethernet address of an interface for which the user gave none: locally administered, the same at every run,
 * different for other stacks, hosts, namespaces and names. It is set at creation, so that udev does not change it and a
 * bridge does not change its own as ports come and go.
 */
export function defaultMac(owner: Owner, host: string, namespace: string | undefined, name: string): string {
  const bytes = digest(JSON.stringify([...numbersOf(owner).split("/"), host, namespace ?? null, name])).subarray(0, 6);
  bytes[0] = (bytes[0]! & 0xfc) | 0x02;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}

/** The `name` and `mac` of an interface for which the user gave none. */
export function interfaceDefaults(
  raw: Readonly<Record<string, unknown>>,
  owner: Owner,
  host: string,
): { name: unknown; mac?: string } {
  const name: unknown = raw.name ?? owner.name;
  if (raw.mac !== undefined) return { name };
  return { name, mac: defaultMac(owner, host, raw.namespace as string | undefined, String(name)) };
}

/**
 * The group of the `lo` in a namespace that a stack created: it identifies the namespace if somebody gives it another
 * name, since two resources in different components may have the same mark. 2²⁹ … 2³⁰−1, so that it is no stack's group.
 */
export function loopbackGroupOf(owner: StackName, host: string, namespace: string): number {
  return 2 ** 29 + (digest(JSON.stringify([numbersOf(owner), host, namespace, "lo"])).readUInt32BE(0) % 2 ** 29);
}

/** The name of a resource's own iptables chain, at most 28 characters. */
export function chainOf(mark: string): string {
  return `LINUXNET-${digest(mark).toString("hex").slice(0, 12).toUpperCase()}`;
}
