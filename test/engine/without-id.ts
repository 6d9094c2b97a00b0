/** Removes from the outputs of stacks what depends on their ids. */

/**
 * Without what is derived from a stack's id: the id in marks, the groups, the protocol of routes, and the names of
 * chains.
 */
export const withoutId = (text: string) =>
  text
    .replaceAll(/(?<=linuxnet:[\w.-]+\/[\w.-]+)@[0-9a-f]{10}/g, "@ID")
    .replaceAll(/\bgroup (?:[12]\d{9}|[5-9]\d{8})\b/g, "group N")
    .replaceAll(/\bproto 1[0-8]\d\b/g, "proto N")
    .replaceAll(/LINUXNET-[0-9A-F]{12}/g, "LINUXNET-N");

/** An Ethernet address that a stack set, or the IPv6 address derived from it. */
export const stacksAddress = /\b(?!ff:ff:|00:00:)[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b|\bfe80::[0-9a-f:]+/g;

/**
 * Ethernet addresses, and the IPv6 addresses derived from them, depend on a stack's id. Each is replaced by a number,
 * in the order in which they first appear.
 */
export function withNumberedAddresses(text: string): string {
  const numbers = new Map<string, number>();
  return text.replaceAll(stacksAddress, (address) => {
    if (!numbers.has(address)) numbers.set(address, numbers.size + 1);
    return `ADDRESS-${numbers.get(address)}`;
  });
}
