import { describe, expect, test } from "vitest";
import type { z } from "zod";
import {
  canonicalPrefix,
  contains,
  familyOf,
  interfaceAddress,
  ipAddress,
  macAddress,
  network,
} from "../../provider/schema/address.js";
import { shown } from "../../provider/schema/text.js";

const problemOf = (schema: z.ZodType, value: unknown) => schema.safeParse(value).error?.issues[0]?.message;

/** Texts that are invalid as any type of address, with a prefix length or without. */
const noAddresses = [
  "",
  " ",
  "x",
  "1",
  "172.17.0",
  "172.17.0.1.2",
  "172.17.0.256",
  "172.17.0.01",
  "0172.17.0.1",
  "0x7f.0.0.1",
  "2130706433",
  "172.17.0.1 ",
  " 172.17.0.1",
  "172.17.0.1\n",
  "172.17.0.1\0",
  "172.17.0.\u0661",
  "172.17.0.1;id",
  "-1.0.0.1",
  "fd00:::1",
  "fd00::1::2",
  "fd00::12345",
  "fd00::1%eth0",
  "fe80::1%1",
  "1:2:3:4:5:6:7",
  "1:2:3:4:5:6:7:8:9",
  "[fd00::1]",
  "::ffff:1.2.3.400",
  "fd00::g",
  "localhost",
];

describe("an address", () => {
  test.each([
    ["172.17.0.1", "172.17.0.1"],
    ["FD00:0:0::0001", "fd00::1"],
    ["fd00:0:0:1:0:0:0:1", "fd00:0:0:1::1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["::1", "::1"],
    ["fe80::1", "fe80::1"],
    ["::FFFF:172.17.0.1", "::ffff:172.17.0.1"],
    ["::ffff:ac11:1", "::ffff:172.17.0.1"],
    ["64:ff9b::172.17.0.1", "64:ff9b::ac11:1"],
  ])("%s is %s", (text, canonical) => {
    expect(ipAddress().parse(text)).toBe(canonical);
    // A canonical text is unchanged: the same rules apply to the state.
    expect(ipAddress().parse(canonical)).toBe(canonical);
  });

  test.each([...noAddresses, "172.17.0.1/24", "fd00::1/64"])("%j is none", (text) => {
    expect(problemOf(ipAddress(), text)).toBe(
      `${shown(text)} is not an IPv4 or IPv6 address, such as 172.17.0.1 or fd00::1`,
    );
  });

  test.each([
    ["0.0.0.0", "unspecified"],
    ["::", "unspecified"],
    ["224.0.0.1", "multicast"],
    ["ff02::1", "multicast"],
    ["255.255.255.255", "broadcast"],
  ])("%s is no host's (%s)", (text, range) => {
    expect(problemOf(ipAddress(), text)).toBe(`${text} is no address that a host can have (${range})`);
  });
});

describe("an interface's address", () => {
  test.each([
    ["172.17.0.1/24", "172.17.0.1/24"],
    ["172.17.0.0/31", "172.17.0.0/31"],
    ["172.17.0.0/32", "172.17.0.0/32"],
    ["172.17.0.255/16", "172.17.0.255/16"],
    ["FD00::0:1/64", "fd00::1/64"],
    ["fd00::/127", "fd00::/127"],
    ["fd00::/128", "fd00::/128"],
    ["::1/128", "::1/128"],
  ])("%s is %s", (text, canonical) => {
    expect(interfaceAddress().parse(text)).toBe(canonical);
  });

  test.each([
    ...noAddresses.map((text) => `${text}/24`),
    "172.17.0.1",
    "fd00::1",
    "172.17.0.1/",
    "172.17.0.1/33",
    "172.17.0.1/-1",
    "172.17.0.1/024",
    "172.17.0.1/24/24",
    "172.17.0.1/255.255.255.0",
    "172.17.0.1/24\n",
    "fd00::1/129",
    "fd00::1/0064",
    "/24",
  ])("%j is none", (text) => {
    expect(problemOf(interfaceAddress(), text)).toMatch(
      / is not an address with its prefix length, such as 172\.17\.0\.1\/24 or fd00::1\/64$/,
    );
  });

  test.each([
    ["172.17.0.0/24", "172.17.0.1/24"],
    ["172.16.0.0/12", "172.16.0.1/12"],
    ["10.0.0.0/8", "10.0.0.1/8"],
    ["172.17.0.4/30", "172.17.0.5/30"],
    ["fd00::/64", "fd00::1/64"],
  ])("%s is a network: %s is meant", (text, meant) => {
    expect(problemOf(interfaceAddress(), text)).toBe(
      `${text} is a network, not an address in it; did you mean ${meant}?`,
    );
    expect(interfaceAddress().parse(meant)).toBe(meant);
  });

  test.each(["0.0.0.0/0", "::/0", "224.0.0.1/24", "ff02::1/64"])("%s is no interface's", (text) => {
    expect(problemOf(interfaceAddress(), text)).toMatch(/is no address that an interface can have/);
  });
});

describe("a network", () => {
  test.each([
    ["172.17.0.0/24", "172.17.0.0/24"],
    ["172.17.0.1/32", "172.17.0.1/32"],
    ["0.0.0.0/0", "0.0.0.0/0"],
    ["::/0", "::/0"],
    ["FD00:0::/64", "fd00::/64"],
    ["fd00::1/128", "fd00::1/128"],
    ["::ffff:0:0/96", "::ffff:0.0.0.0/96"],
  ])("%s is %s", (text, canonical) => {
    expect(network().parse(text)).toBe(canonical);
  });

  test.each([
    ["172.17.0.1/24", "172.17.0.0/24"],
    ["172.17.255.255/12", "172.16.0.0/12"],
    ["10.0.0.1/0", "0.0.0.0/0"],
    ["fd00::1/64", "fd00::/64"],
    ["fd00:0:0:ff::/59", "fd00:0:0:e0::/59"],
  ])("%s is an address in %s", (text, meant) => {
    expect(problemOf(network(), text)).toBe(`${text} is an address in a network; the network is ${meant}`);
  });

  test.each([
    ["172.17.0.1", "172.17.0.1/32"],
    ["fd00::1", "fd00::1/128"],
  ])("%s lacks a prefix length", (text, meant) => {
    expect(problemOf(network(), text)).toBe(`${text} has no prefix length; for this one address write ${meant}`);
  });

  test.each([...noAddresses.map((text) => `${text}/24`), ...noAddresses, "default", "172.17.0.0/33", "172.17.0.0/024"])(
    "%j is none",
    (text) => {
      expect(problemOf(network(), text)).toMatch(/ is not a network, such as 172\.17\.0\.0\/24 or fd00::\/64$/);
    },
  );
});

describe("an Ethernet address", () => {
  test.each([
    ["02:42:ac:11:00:02", "02:42:ac:11:00:02"],
    ["02-42-AC-11-00-02", "02:42:ac:11:00:02"],
    ["00:00:00:00:00:01", "00:00:00:00:00:01"],
    ["FE:ff:ff:ff:ff:FF", "fe:ff:ff:ff:ff:ff"],
  ])("%s is %s", (text, canonical) => {
    expect(macAddress().parse(text)).toBe(canonical);
  });

  test.each([
    "",
    "02:42:ac:11:00",
    "02:42:ac:11:00:02:03",
    "2:42:ac:11:0:2",
    "0242.ac11.0002",
    "0242ac110002",
    "02:42:ac:11:00:0g",
    "02:42:ac:11:00:02\n",
    " 02:42:ac:11:00:02",
  ])("%j is none", (text) => {
    expect(problemOf(macAddress(), text)).toMatch(/ is not an Ethernet address, such as 02:42:ac:11:00:02$/);
  });

  test("a multicast address and the zero address are refused", () => {
    expect(problemOf(macAddress(), "01:00:5e:00:00:01")).toBe(
      "01:00:5e:00:00:01 is a multicast address; the first byte has to be even",
    );
    expect(problemOf(macAddress(), "ff:ff:ff:ff:ff:ff")).toMatch(/multicast/);
    expect(problemOf(macAddress(), "00:00:00:00:00:00")).toMatch(/can't have the address 00:00:00:00:00:00/);
  });
});

test.each([
  ["10.0.0.0/8", "10.0.0.0/8"],
  ["10.0.0.1", "10.0.0.1/32"],
  ["FD00::1", "fd00::1/128"],
  ["unreachable", "unreachable"],
])("what a tool prints as %s is %s", (text, canonical) => {
  expect(canonicalPrefix(text)).toBe(canonical);
});

test.each([
  ["127.0.0.0/8", "127.1.2.3", true],
  ["127.0.0.0/8", "128.0.0.1", false],
  ["172.16.0.0/12", "172.31.255.255", true],
  ["172.16.0.0/12", "172.32.0.0", false],
  ["0.0.0.0/0", "1.2.3.4", true],
  ["::/0", "1.2.3.4", false],
  ["fd00::/64", "fd00::1", true],
  ["fd00::/64", "fd00:0:0:1::1", false],
  ["fd00::/64", "not an address", false],
])("%s holds %s: %s", (network, address, expected) => {
  expect(contains(network, address)).toBe(expected);
});

test("the family is told by the text", () => {
  expect([familyOf("10.0.0.0/8"), familyOf("::/0"), familyOf("::ffff:10.0.0.1")]).toEqual([4, 6, 6]);
});
