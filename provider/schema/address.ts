import * as ipaddr from "ipaddr.js";
import { z } from "zod";
import { shown } from "./text.js";

/** The address family of an IP address or prefix. */
export type Family = 4 | 6;

/** The address family of an address or prefix, given as text. */
export function familyOf(text: string): Family {
  return text.includes(":") ? 6 : 4;
}

interface Prefix {
  readonly address: ipaddr.IPv4 | ipaddr.IPv6;
  readonly length: number;
}

const exactIpv4 = /^\d{1,3}(\.\d{1,3}){3}$/;

function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  // ipaddr.js also reads "1" and "0x7f.1" as addresses, as inet_aton does: only four decimal parts count here,
  // and none with a leading zero, which some programs read as octal.
  if (exactIpv4.test(text)) {
    return ipaddr.IPv4.isValidFourPartDecimal(text) && !/(^|\.)0\d/.test(text) ? ipaddr.IPv4.parse(text) : undefined;
  }
  return text.includes(":") && !text.includes("%") && ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text) : undefined;
}

function parsePrefix(text: string): Prefix | undefined {
  const match = /^([^/]+)\/(\d{1,3})$/.exec(text);
  const address = match && parseAddress(match[1]!);
  if (!match || !address || (match[2]!.length > 1 && match[2]!.startsWith("0"))) return undefined;
  const length = Number(match[2]);
  return length <= (address.kind() === "ipv4" ? 32 : 128) ? { address, length } : undefined;
}

// IPv4-mapped IPv6 addresses stay in the dotted form that iproute2 prints.
const print = (address: ipaddr.IPv4 | ipaddr.IPv6): string =>
  address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress()
    ? `::ffff:${address.toIPv4Address().toString()}`
    : address instanceof ipaddr.IPv6
      ? address.toRFC5952String()
      : address.toString();

function networkOf(prefix: Prefix): Prefix {
  const bytes = prefix.address.toByteArray().map((byte, index) => {
    const kept = Math.min(8, Math.max(0, prefix.length - index * 8));
    return byte & (0xff << (8 - kept)) & 0xff;
  });
  return { address: ipaddr.fromByteArray(bytes), length: prefix.length };
}

const canonical = (prefix: Prefix): string => `${print(prefix.address)}/${prefix.length}`;

/** Converts output of iproute2 or iptables to the canonical form; a bare address is a host prefix (/32 or /128). */
export function canonicalPrefix(text: string): string {
  const address = parseAddress(text);
  const prefix = address ? { address, length: address.kind() === "ipv4" ? 32 : 128 } : parsePrefix(text);
  return prefix ? canonical(prefix) : text;
}

/** An address without its prefix length. */
export const withoutLength = (address: string): string => address.replace(/\/.*/, "");

/** Whether the network, in CIDR form, contains the address. */
export function contains(network: string, address: string): boolean {
  const prefix = parsePrefix(network);
  const inside = parseAddress(address);
  if (!prefix || !inside || prefix.address.kind() !== inside.kind()) return false;
  return canonical(networkOf({ address: inside, length: prefix.length })) === canonical(networkOf(prefix));
}

/** Whether two networks, in CIDR form, overlap. */
export function overlap(a: string, b: string): boolean {
  const [first, second] = [parsePrefix(a), parsePrefix(b)];
  if (!first || !second || first.address.kind() !== second.address.kind()) return false;
  const [wider, narrower] = first.length <= second.length ? [first, second] : [second, first];
  return canonical(networkOf({ ...narrower, length: wider.length })) === canonical(networkOf(wider));
}

function read(what: string, parse: (text: string) => string | { problem: string } | undefined) {
  return z.string().transform((text, context): string => {
    const value = parse(text);
    if (typeof value === "string") return value;
    context.addIssue({ code: "custom", message: value ? value.problem : `${shown(text)} is not ${what}` });
    return z.NEVER;
  });
}

const isMulticast = (address: ipaddr.IPv4 | ipaddr.IPv6) => address.range() === "multicast";

/** An IPv4 or IPv6 address of a host, without a prefix length. */
export const ipAddress = () =>
  read("an IPv4 or IPv6 address, such as 172.17.0.1 or fd00::1", (text) => {
    const address = parseAddress(text);
    if (!address) return undefined;
    const range = address.range();
    return range === "unspecified" || isMulticast(address) || range === "broadcast"
      ? { problem: `${text} is no address that a host can have (${range})` }
      : print(address);
  });

const oneOrTwo = "has one gateway, or one of each address family";

/** An interface's gateway: one address, or one of each family. */
export const gateway = () => z.union([ipAddress(), z.array(ipAddress()).min(1, oneOrTwo).max(2, oneOrTwo)]);
/** A multicast address: IPv4 224.0.0.0/4, IPv6 ff00::/8. */
export const multicastAddress = () =>
  read("a multicast address, such as 239.1.1.1 or ff05::100", (text) => {
    const address = parseAddress(text);
    return address && isMulticast(address) ? print(address) : undefined;
  });

/** An address with its prefix length, as an interface carries it: 172.17.0.1/24, fd00::1/64. */
export const interfaceAddress = () =>
  read("an address with its prefix length, such as 172.17.0.1/24 or fd00::1/64", (text) => {
    const prefix = parsePrefix(text);
    if (!prefix) return undefined;
    const bits = prefix.address.kind() === "ipv4" ? 32 : 128;
    if (prefix.address.range() === "unspecified" || isMulticast(prefix.address)) {
      return { problem: `${text} is no address that an interface can have (${prefix.address.range()})` };
    }
    if (prefix.length < bits - 1 && canonical(prefix) === canonical(networkOf(prefix))) {
      const bytes = prefix.address.toByteArray();
      bytes[bytes.length - 1]! += 1;
      const first = canonical({ address: ipaddr.fromByteArray(bytes), length: prefix.length });
      return { problem: `${text} is a network, not an address in it; did you mean ${first}?` };
    }
    return canonical(prefix);
  });

/** A network: a prefix without host bits, such as 172.17.0.0/24 or fd00::/64. */
export const network = () =>
  read("a network, such as 172.17.0.0/24 or fd00::/64", (text) => {
    const bare = parseAddress(text);
    if (bare)
      return {
        problem: `${text} has no prefix length; for this one address write ${text}/${bare.kind() === "ipv4" ? 32 : 128}`,
      };
    const prefix = parsePrefix(text);
    if (!prefix) return undefined;
    const network = canonical(networkOf(prefix));
    return network === canonical(prefix)
      ? network
      : { problem: `${text} is an address in a network; the network is ${network}` };
  });

/** An Ethernet address of one interface: six bytes, not multicast, not all zero; printed in lower case with colons. */
export const macAddress = () =>
  read("an Ethernet address, such as 02:42:ac:11:00:02", (text) => {
    if (!/^[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}$/.test(text)) return undefined;
    const mac = text.toLowerCase().replaceAll("-", ":");
    if (mac === "00:00:00:00:00:00") return { problem: "an interface can't have the address 00:00:00:00:00:00" };
    return parseInt(mac.slice(0, 2), 16) & 1
      ? { problem: `${text} is a multicast address; the first byte has to be even` }
      : mac;
  });
