/** Values that a property must accept, by what the property holds. */
import fc from "fast-check";

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const inNames = fc.constantFrom(...Array.from(`${letters}_.-`));

const name = (longest: number) =>
  fc
    .tuple(fc.constantFrom(...Array.from(letters)), fc.string({ unit: inNames, maxLength: longest - 1 }))
    .map((parts) => parts.join(""))
    .filter((text) => !["all", "default", "lo"].includes(text));

export const interfaceName = name(15);
export const namespaceName = name(64);

/** Parts separated by dots, as in DNS. The last part starts with a letter, so it is not a number. */
export const domain = fc
  .tuple(
    fc.array(fc.string({ unit: fc.constantFrom(...Array.from(`${letters}-`)), maxLength: 8 }), { maxLength: 2 }),
    fc.string({ unit: fc.constantFrom(...Array.from(letters)), maxLength: 8 }),
  )
  .map(([parts, last]) => [...parts.map((part) => `a${part}0`), `z${last}`].join("."));

const byte = fc.nat(255);
/** Addresses from private networks. */
const ipv4 = fc
  .tuple(
    fc.constantFrom("10", "172.20", "192.168"),
    fc.array(byte, { minLength: 3, maxLength: 3 }),
    fc.integer({ min: 1, max: 254 }),
  )
  .map(([first, rest, last]) => [...first.split("."), ...rest.map(String)].slice(0, 3).concat(String(last)).join("."));
const group = fc.nat(0xffff).map((part) => part.toString(16));
const ipv6 = fc
  .tuple(fc.array(group, { minLength: 2, maxLength: 6 }), fc.integer({ min: 1, max: 0xffff }))
  .map(([groups, last]) => `fd00:${groups.join(":")}${groups.length === 6 ? ":" : "::"}${last.toString(16)}`);

export const addressOf = { 4: ipv4, 6: ipv6 } as const;
export const address = fc.oneof(ipv4, ipv6);

/** An address with a prefix length, as an interface has it. */
export const cidrOf = {
  4: fc
    .tuple(ipv4, fc.integer({ min: 24, max: 32 }))
    .map(([ip, length]) => (length === 32 ? `${ip}/32` : `${ip.replace(/\d+$/, "1")}/${length}`)),
  6: fc.tuple(ipv6, fc.constantFrom(64, 96, 112, 128)).map(([ip, length]) => `${ip}/${length}`),
} as const;
export const cidr = fc.oneof(cidrOf[4], cidrOf[6]);

/** A network without host bits. */
export const networkOf = {
  4: fc.tuple(byte, byte).map(([a, b]) => `10.${a}.${b}.0/24`),
  6: group.map((part) => `fd00:${part}::/64`),
} as const;
export const network = fc.oneof(networkOf[4], networkOf[6]);

export const mac = fc
  .array(byte, { minLength: 5, maxLength: 5 })
  .map((bytes) => ["02", ...bytes.map((part) => part.toString(16).padStart(2, "0"))].join(":"));
