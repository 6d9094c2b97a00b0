import type { Inputs, Shown } from "./kind-cases.js";

/**
 * A text as programs print it: IPv6 addresses are in the canonical form of RFC 5952, here from the URL standard's
 * serializer.
 */
function printed(text: string): string {
  const [address = "", ...length] = text.split("/");
  if (!/^[0-9a-f:]*:[0-9a-f:]*:[0-9a-f:]*$/.test(address) || /^(..:){5}..$/.test(address)) return text;
  return [new URL(`http://[${address}]`).hostname.slice(1, -1), ...length].join("/");
}

/** A property's values as programs print them; empty if the property is omitted. */
export const texts = (value: unknown): string[] =>
  [value]
    .flat()
    .filter((part) => part !== undefined)
    .map((part) => printed(String(part as string | number | boolean)));

/** The prefix of a command that runs where the resource is. */
export const inside = ({ namespace }: Inputs): string =>
  namespace === undefined ? "" : `ip netns exec ${namespace as string} `;

/** What iproute2 shows of an interface. */
export const shownInterface = (inputs: Inputs, more: readonly string[] = []): readonly Shown[] => [
  {
    command: `${inside(inputs)}ip -d address show dev ${String(inputs.name)}`,
    texts: [
      ...texts(inputs.addresses),
      ...texts(inputs.mac),
      ...texts(inputs.mtu).map((mtu) => `mtu ${mtu} `),
      ...more,
    ],
  },
];

/** The program that lists the rules of an address's family. */
export const ruleLister = (address: unknown): string =>
  `${String(address).includes(":") ? "ip6tables" : "iptables"}-save -t nat`;
