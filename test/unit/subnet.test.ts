import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { describe, expect, test } from "vitest";
import { contains, network } from "../../provider/schema/address.js";
import { Addresses, Subnet, eachOf, hashOf, subnetsOf } from "../../sdk/subnet.js";
import { seeding } from "../seed.js";

const names = fc.string({ minLength: 1, maxLength: 20 });

/** A subnet of any position and size, as the provider prints it. */
const subnetTexts = fc
  .oneof(
    fc.record({
      first: fc.tuple(fc.constantFrom(10, 172, 192, 198, 203), ...Array.from({ length: 3 }, () => fc.nat(255))),
      length: fc.integer({ min: 8, max: 30 }),
    }),
    fc.record({
      first: fc.tuple(fc.constantFrom(0xfd, 0x20), ...Array.from({ length: 15 }, () => fc.nat(255))),
      length: fc.integer({ min: 64, max: 126 }),
    }),
  )
  .map(({ first, length }) => {
    const address = ipaddr.fromByteArray([...first]);
    const family = address.kind() === "ipv4" ? ipaddr.IPv4 : ipaddr.IPv6;
    return network().parse(`${family.networkAddressFromCIDR(`${address.toString()}/${length}`).toString()}/${length}`);
  });

/** The addresses of a subnet that nobody may get, calculated with ipaddr.js alone. */
function reservedOf(text: string): string[] {
  if (text.includes(":")) return [ipaddr.IPv6.networkAddressFromCIDR(text).toRFC5952String()];
  return [ipaddr.IPv4.networkAddressFromCIDR(text), ipaddr.IPv4.broadcastAddressFromCIDR(text)].map(String);
}

/** The addresses that these names get, in order, in addition to a gateway. */
function chosenBy(subnet: string, all: readonly string[]): Record<string, string> {
  const addresses = new Addresses(Subnet.parse(subnet));
  addresses.take(addresses.subnet.first, "the gateway");
  return Object.fromEntries(all.map((name) => [name, addresses.choose(name, name)]));
}

/** The address of a name that has the subnet to itself. */
const alone = (subnet: string, name: string) => chosenBy(subnet, [name])[name];

/** As many names as fit, in addition to the gateway. */
const fitting = (subnet: string, all: readonly string[]) => all.slice(0, Number(Subnet.parse(subnet).last) - 1);

describe("which address a name gets", () => {
  const subnetAndNames = fc
    .tuple(subnetTexts, fc.uniqueArray(names, { minLength: 1, maxLength: 40 }))
    .map(([subnet, all]) => [subnet, fitting(subnet, all)] as const);

  test("it is in the subnet, no other's, and never the network's, the broadcast's or the gateway's", () => {
    fc.assert(
      fc.property(subnetAndNames, ([subnet, all]) => {
        const chosen = Object.values(chosenBy(subnet, all));
        for (const address of chosen) {
          expect(contains(subnet, address)).toBe(true);
          expect([...reservedOf(subnet), Subnet.parse(subnet).first]).not.toContain(address);
        }
        expect(new Set(chosen).size).toBe(all.length);
      }),
      seeding,
    );
  });

  test("it is the one that it has alone, whoever else is there and in whatever order, where no two hashes meet", () => {
    let compared = 0;
    fc.assert(
      fc.property(subnetAndNames, fc.infiniteStream(fc.nat()), ([subnet, all], order) => {
        const own = all.map((name) => alone(subnet, name));
        const apart = all.filter((_, index) => own.indexOf(own[index]) === own.lastIndexOf(own[index]));
        const places = new Map(apart.map((name) => [name, order.next().value]));
        const shuffled = apart.toSorted((a, b) => places.get(a)! - places.get(b)!);
        compared += apart.length;
        expect(chosenBy(subnet, shuffled)).toEqual(
          Object.fromEntries(apart.map((name) => [name, alone(subnet, name)])),
        );
      }),
      seeding,
    );
    expect(compared).toBeGreaterThan(500);
  });

  test("taking one away changes none of those that came before it, and none at all that met nobody", () => {
    fc.assert(
      fc.property(subnetAndNames, fc.nat(), ([subnet, all], at) => {
        const gone = at % all.length;
        const [before, after] = [chosenBy(subnet, all), chosenBy(subnet, all.toSpliced(gone, 1))];
        const met = all.filter((name) => before[name] !== alone(subnet, name));
        for (const [index, name] of all.entries()) {
          if (index < gone || (index > gone && met.length === 0)) expect(after[name]).toBe(before[name]);
        }
      }),
      seeding,
    );
  });

  test.each(["10.0.0.0/29", "10.0.0.0/30", "fd00::/126", "fd00::/124"])(
    "%s gives all that it has, and then says that there is none left",
    (text) => {
      const room = Number(Subnet.parse(text).last) - 1;
      const all = Array.from({ length: room }, (_, index) => `c${index}`);
      expect(new Set(Object.values(chosenBy(text, all))).size).toBe(room);
      expect(() => chosenBy(text, [...all, "one more"])).toThrow(
        `${text} has no address left, all ${room + 1} are taken; take a wider one`,
      );
    },
  );

  // Existing networks have these addresses: a change here would renumber them.
  test("a name has the same address for ever", () => {
    // Two of the values that the authors of FNV-1a publish for it.
    expect(hashOf("a")).toBe(0xaf63dc4c8601ec8cn);
    expect(hashOf("foobar")).toBe(0x85944171f73967e8n);
    expect(chosenBy("172.17.0.0/16", ["web", "db"])).toEqual({ web: "172.17.41.72", db: "172.17.137.4" });
    expect(chosenBy("fd00:17::/64", ["web"])).toEqual({ web: "fd00:17::5ea0:e119:4872:1ef2" });
  });
});

test("an address that is chosen by hand is nobody else's, before and after", () => {
  const addresses = new Addresses(Subnet.parse("10.0.0.0/24"));
  const web = alone("10.0.0.0/24", "web")!;
  expect(addresses.take(web, '"first"')).toBe(web);
  expect(addresses.choose("web", '"web"')).not.toBe(web);
  expect(() => addresses.take(web, '"second"')).toThrow(`${web} is "first"'s already; choose another one`);
});

test.each([
  ["10.0.0.5/24", /10\.0\.0\.5\/24 is an address in a network; the network is 10\.0\.0\.0\/24/],
  ["10.0.0.0", /"10\.0\.0\.0" is not a network, such as 172\.17\.0\.0\/16/],
  ["10.0.0.0/24/1", /is not a network/],
  ["10.0.0/24", /is not a network/],
  ["010.0.0.0/24", /is not a network/],
  ["10.0.0.0/08", /is not a network/],
  ["fd00::%eth0/64", /is not a network/],
  ["x".repeat(100), /"x{60}…" is not a network/],
  ["10.0.0.0/31", /has a prefix length of 31, and an IPv4 subnet's is from 8 to 30/],
  ["10.0.0.0/7", /from 8 to 30/],
  ["fd00::/127", /has a prefix length of 127, and an IPv6 subnet's is from 8 to 126/],
  ["127.0.0.0/8", /is no network that containers can have \(loopback\)/],
  ["224.0.0.0/24", /\(multicast\)/],
  ["ff02::/64", /\(multicast\)/],
  ["fe80::/64", /\(linkLocal\)/],
  ["::ffff:10.0.0.0/120", /\(ipv4Mapped\)/],
  [undefined, /has to be a plain text/],
  [24, /has to be a plain text/],
])("%j is refused as a subnet", (text, problem) => {
  expect(() => Subnet.parse(text)).toThrow(problem);
});

test.each([
  ["10.0.1.5", /10\.0\.1\.5 is not in 10\.0\.0\.0\/24, which has 10\.0\.0\.1 to 10\.0\.0\.254/],
  ["9.255.255.255", /is not in/],
  ["fd00::5", /is not in/],
  ["10.0.0.0", /10\.0\.0\.0 is the network's own address of 10\.0\.0\.0\/24/],
  ["10.0.0.255", /10\.0\.0\.255 is the broadcast address of 10\.0\.0\.0\/24/],
  ["10.0.0.5/24", /"10\.0\.0\.5\/24" is not an address, such as 10\.0\.0\.2; leave out the prefix length/],
  ["five", /"five" is not an address, such as 10\.0\.0\.2$/],
  [undefined, /has to be a plain text, such as 10\.0\.0\.2/],
])("%j is refused as an address of 10.0.0.0/24", (address, problem) => {
  expect(() => Subnet.parse("10.0.0.0/24").numberOf(address)).toThrow(problem);
});

test("one subnet, or one of each family; and what is given for each", () => {
  expect(subnetsOf("10.0.0.0/24").map(String)).toEqual(["10.0.0.0/24"]);
  const both = subnetsOf(["fd00:0::/64", "10.0.0.0/24"]);
  expect(both.map(String)).toEqual(["fd00::/64", "10.0.0.0/24"]);
  expect(eachOf(both, undefined)).toEqual([undefined, undefined]);
  expect(eachOf(both, "10.0.0.9")).toEqual([undefined, "10.0.0.9"]);
  expect(eachOf(both, ["10.0.0.9", "fd00::9"])).toEqual(["fd00::9", "10.0.0.9"]);
  expect(() => eachOf(both, ["10.0.0.9", "10.0.0.8"])).toThrow(
    '"10.0.0.8" is one more than there are networks of its family (fd00::/64, 10.0.0.0/24)',
  );
  for (const given of [[], ["10.0.0.0/24", "10.1.0.0/24"]])
    expect(() => subnetsOf(given)).toThrow("takes one network, or an IPv4 and an IPv6 one");
});
