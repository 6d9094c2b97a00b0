import * as ipaddr from "ipaddr.js";
import { type Family, canonicalPrefix, familyOf } from "../../provider/schema/address.js";

/** An address with a prefix length, as a number to calculate with. */
export interface Prefix {
  readonly family: Family;
  /** All bits of the address, including the host bits. */
  readonly value: bigint;
  readonly length: number;
  /** `10.0.0.1/24`. */
  readonly text: string;
  /** `10.0.0.1`. */
  readonly address: string;
}

const known = new Map<string, Prefix>();

/**
 * Parses an address or a prefix; `default` needs its family. Results are cached, because tests need the same few a
 * million times.
 */
export function parsePrefix(text: string, family: Family = familyOf(text)): Prefix {
  const key = text === "default" ? `default ${family}` : text;
  const there = known.get(key);
  if (there) return there;
  const whole = text === "default" ? (family === 4 ? "0.0.0.0/0" : "::/0") : canonicalPrefix(text);
  const [address, length] = whole.split("/") as [string, string | undefined];
  if (length === undefined) throw new Error(`"${text}" is no prefix`);
  const bytes = ipaddr.parse(address).toByteArray();
  const value = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const prefix = { family, value, length: Number(length), text: whole, address };
  known.set(key, prefix);
  return prefix;
}

const bitsOf = (family: Family) => (family === 4 ? 32 : 128);
const shift = ({ family }: Prefix, length: number) => BigInt(bitsOf(family) - length);

/** Whether an address is in a network. */
export function holds(network: Prefix, { family, value }: Prefix): boolean {
  return (
    network.family === family &&
    network.value >> shift(network, network.length) === value >> shift(network, network.length)
  );
}

/** Whether two prefixes have the same length and the same network bits. */
export function sameNetwork(a: Prefix, b: Prefix): boolean {
  return a.length === b.length && holds(a, b);
}

function print(family: Family, value: bigint): string {
  const bytes = Array.from({ length: bitsOf(family) / 8 }, (_, index) =>
    Number((value >> BigInt(bitsOf(family) - 8 * (index + 1))) & 0xffn),
  );
  return ipaddr.fromByteArray(bytes).toString();
}

const networks = new Map<string, string>();

/** The network that an address is in: `10.0.0.0/24`. */
export function networkText(prefix: Prefix): string {
  const there = networks.get(prefix.text);
  if (there !== undefined) return there;
  const bits = shift(prefix, prefix.length);
  const text = canonicalPrefix(`${print(prefix.family, (prefix.value >> bits) << bits)}/${prefix.length}`);
  networks.set(prefix.text, text);
  return text;
}

const broadcasts = new Map<string, string>();

/** The last address of an IPv4 network, as a host prefix. */
export function broadcastText(prefix: Prefix): string {
  const there = broadcasts.get(prefix.text);
  if (there !== undefined) return there;
  const bits = shift(prefix, prefix.length);
  const text = `${print(prefix.family, (((prefix.value >> bits) + 1n) << bits) - 1n)}/32`;
  broadcasts.set(prefix.text, text);
  return text;
}

/** An address as a host prefix: `10.0.0.1/32`. */
export function hostText({ family, address }: Prefix): string {
  return `${address}/${bitsOf(family)}`;
}
