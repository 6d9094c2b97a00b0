/** Outputs of stacks that have ids of their own, without what these give. */

/** Without what a stack's id gives: the id in marks, its groups, its routes' protocol, and the names of its chains. */
export const withoutId = (text: string) =>
  text
    .replaceAll(/(?<=linuxnet:[\w.-]+\/[\w.-]+)@[0-9a-f]{10}/g, "@ID")
    .replaceAll(/\bgroup (?:[12]\d{9}|[5-9]\d{8})\b/g, "group N")
    .replaceAll(/\bproto 1[0-8]\d\b/g, "proto N")
    .replaceAll(/LINUXNET-[0-9A-F]{12}/g, "LINUXNET-N");

/** An Ethernet address that a stack gave, or what IPv6 makes of it. */
export const stacksAddress = /\b(?!ff:ff:|00:00:)[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b|\bfe80::[0-9a-f:]+/g;

/** Ethernet addresses, and what IPv6 makes of them, come from a stack's id: each stands for itself by its place in the order of their coming. */
export function withNumberedAddresses(text: string): string {
  const numbers = new Map<string, number>();
  return text.replaceAll(stacksAddress, (address) => {
    if (!numbers.has(address)) numbers.set(address, numbers.size + 1);
    return `ADDRESS-${numbers.get(address)}`;
  });
}
