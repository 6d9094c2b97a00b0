import * as ipaddr from "ipaddr.js";

/** The address family. */
export type Family = 4 | 6;

/** How long a subnet's prefix may be: there has to be room for a gateway and one more. */
const lengths: Readonly<Record<Family, readonly [least: number, most: number]>> = { 4: [8, 30], 6: [8, 126] };

const bitsOf = (family: Family) => (family === 4 ? 32 : 128);

/** An IPv4 or IPv6 subnet, of whose addresses it can count and choose. Its methods throw an Error whose message goes on after the property's name. */
export class Subnet {
  /** The first address that a host can have; commonly the gateway's. */
  readonly first: string;
  readonly #network: bigint;

  /** Made by `parse`. */
  private constructor(
    /** Its address family. */
    readonly family: Family,
    /** Its prefix length. */
    readonly length: number,
    network: bigint,
  ) {
    this.#network = network;
    this.first = this.at(1n);
  }

  /** Reads `172.17.0.0/16` or `fd00::/64`. */
  static parse(text: unknown): Subnet {
    if (typeof text !== "string")
      throw new Error("has to be a plain text, such as 172.17.0.0/16: addresses are chosen from it in the program");
    const [address, length, ...more] = text.split("/");
    const parsed = parse(address!);
    if (!parsed || more.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(length ?? ""))
      throw new Error(`${shown(text)} is not a network, such as 172.17.0.0/16 or fd00::/64`);
    const [least, most] = lengths[parsed.family];
    if (Number(length) < least || Number(length) > most)
      throw new Error(
        `${text} has a prefix length of ${length!}, and an IPv${parsed.family} subnet's is from ${least} to ${most}`,
      );
    const host = BigInt(bitsOf(parsed.family) - Number(length));
    const subnet = new Subnet(parsed.family, Number(length), (parsed.value >> host) << host);
    if (subnet.#network !== parsed.value)
      throw new Error(`${text} is an address in a network; the network is ${subnet.toString()}`);
    const range = rangeOf(subnet.at(0n));
    if (["loopback", "multicast", "broadcast", "unspecified", "ipv4Mapped"].includes(range) || isLinkLocal6(subnet))
      throw new Error(`${text} is no network that containers can have (${range})`);
    return subnet;
  }

  /** How many addresses it has, those included that no host can have. */
  get size(): bigint {
    return 1n << BigInt(bitsOf(this.family) - this.length);
  }

  /** The last number that a host can have: IPv4's last one is for broadcasts. */
  get last(): bigint {
    return this.family === 4 ? this.size - 2n : this.size - 1n;
  }

  /** The address with this number, counted from the network's own. */
  at(number: bigint): string {
    return print(this.#network + number, this.family);
  }

  /** The number of a host's address in it, as `at` counts. Throws where it is none. */
  numberOf(address: unknown): bigint {
    const parsed = typeof address === "string" ? parse(address) : undefined;
    if (!parsed) {
      const example = this.at(2n);
      throw new Error(
        typeof address === "string"
          ? `${shown(address)} is not an address, such as ${example}${address.includes("/") ? "; leave out the prefix length" : ""}`
          : `has to be a plain text, such as ${example}: it is compared with the others in the program`,
      );
    }
    const number = parsed.value - this.#network;
    if (parsed.family !== this.family || number < 0n || number >= this.size)
      throw new Error(
        `${String(address)} is not in ${this.toString()}, which has ${this.first} to ${this.at(this.last)}`,
      );
    if (number === 0n || number > this.last)
      throw new Error(
        `${String(address)} is the ${number === 0n ? "network's own" : "broadcast"} address of ${this.toString()}, which no container can have; choose from ${this.first} to ${this.at(this.last)}`,
      );
    return number;
  }

  /** The address with the prefix length, as an interface carries it. */
  withLength(address: string): string {
    return `${address}/${this.length}`;
  }

  /** Its CIDR. */
  toString(): string {
    return this.withLength(this.at(0n));
  }
}

/** Who has which address of a subnet: none is given twice. */
export class Addresses {
  readonly #holders = new Map<bigint, string>();

  /** Nobody has any yet. */
  constructor(
    /** The subnet. */
    readonly subnet: Subnet,
  ) {}

  /** An address that somebody chose, as it is printed. Throws where it is no host's in the subnet, or another's already. */
  take(address: unknown, holder: string): string {
    const number = this.subnet.numberOf(address);
    const held = this.#holders.get(number);
    if (held !== undefined)
      throw new Error(
        `${this.subnet.at(number)} is ${held}'s already; choose another one, or give this one before that is attached`,
      );
    this.#holders.set(number, holder);
    return this.subnet.at(number);
  }

  /**
   * The address that belongs to a name, whoever else is there: the name's hash, counted into the subnet. Where that is taken,
   * the next one that is free.
   */
  choose(name: string, holder: string): string {
    const hosts = this.subnet.last;
    if (BigInt(this.#holders.size) >= hosts)
      throw new Error(`${this.subnet.toString()} has no address left, all ${hosts} are taken; take a wider one`);
    let number = hashOf(name) % hosts;
    while (this.#holders.has(number + 1n)) number = (number + 1n) % hosts;
    this.#holders.set(number + 1n, holder);
    return this.subnet.at(number + 1n);
  }
}

/** Reads one subnet, or one of each family. */
export function subnetsOf(given: unknown): Subnet[] {
  const subnets = listOf(given).map((text) => Subnet.parse(text));
  if (subnets.length === 0 || new Set(subnets.map(({ family }) => family)).size < subnets.length)
    throw new Error("takes one network, or an IPv4 and an IPv6 one");
  return subnets;
}

/** What was given for each of the subnets: one address, or one of each family. */
export function eachOf(subnets: readonly Subnet[], given: unknown): (string | undefined)[] {
  const left = given === undefined ? [] : listOf(given);
  const each = subnets.map(({ family }) => {
    const index = left.findIndex((text) => typeof text !== "string" || familyOf(text) === family);
    return index < 0 ? undefined : left.splice(index, 1)[0];
  });
  if (left.length > 0)
    throw new Error(
      `${shown(String(left[0]))} is one more than there are networks of its family (${subnets.join(", ")})`,
    );
  return each as (string | undefined)[];
}

const listOf = (given: unknown): unknown[] => (Array.isArray(given) ? given.map((part: unknown) => part) : [given]);

/** The family of an address or network, by its text. */
export const familyOf = (text: string): Family => (text.includes(":") ? 6 : 4);

/** 64 bits of a text, the same ones for ever: FNV-1a. */
export function hashOf(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash;
}

/** Somebody's text in a message. */
const shown = (text: string) => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);

const rangeOf = (address: string) => ipaddr.parse(address).range();

/** A gateway there would need its interface named in each route. */
const isLinkLocal6 = (subnet: Subnet) => subnet.family === 6 && rangeOf(subnet.at(0n)) === "linkLocal";

// ipaddr.js also reads "1" and "0x7f.1" as addresses: only four decimal parts count, none with a leading zero.
function parse(text: string): { family: Family; value: bigint } | undefined {
  const valid =
    familyOf(text) === 6
      ? !text.includes("%") && ipaddr.IPv6.isValid(text)
      : ipaddr.IPv4.isValidFourPartDecimal(text) && !/(^|\.)0\d/.test(text);
  if (!valid) return undefined;
  const bytes = ipaddr.parse(text).toByteArray();
  return { family: familyOf(text), value: bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n) };
}

function print(value: bigint, family: Family): string {
  const bytes = Array.from({ length: bitsOf(family) / 8 }, (_, index) =>
    Number((value >> BigInt(bitsOf(family) - 8 * (index + 1))) & 0xffn),
  );
  const address = ipaddr.fromByteArray(bytes);
  return address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();
}
