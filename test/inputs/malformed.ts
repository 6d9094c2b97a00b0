/**
 * Values that a property must refuse, by what the property holds. They are wrong by construction, independently of the
 * schema.
 */
import fc from "fast-check";
import { address, cidr, interfaceName, mac } from "./well-formed.js";

type Value = fc.Arbitrary<unknown>;

/**
 * Characters that may never reach a host or a terminal: control, bidirectional and invisible characters, and line
 * separators.
 */
const harmful = fc.constantFrom(
  ...Array.from("\0\n\r\t\b\u001b\u007f\u0085\u00a0\u200b\u200e\u202a\u202e\u2028\u2029\u2066\ufeff\ud800"),
);
/** Characters with a special meaning in a shell, a batch file or iptables. */
const special = fc.constantFrom(...Array.from(" ;|&$`'\"\\<>(){}[]*?!#~=,^%+@/:"));
/** Options and commands in place of a value. */
const injected = fc.constantFrom(
  "--help", "-h", "-j ACCEPT", "$(touch /tmp/canary)", "`touch /tmp/canary`", "; touch /tmp/canary", "| touch /tmp/canary",
  "a\nflush ruleset", "a b", "eth0 up; reboot", "../../etc/passwd", "../lo", "{{7*7}}", "%n%n%s", "';--", "é", "ｅｔｈ０",
); // prettier-ignore
const anyText = fc.oneof(injected, fc.string({ minLength: 1, unit: "binary" }));

/** Values that are not text. */
const noText: Value = fc.oneof(
  fc.boolean(),
  fc.constant({}),
  fc.constant([]),
  fc.array(interfaceName, { minLength: 1, maxLength: 2 }),
  fc.record({ a: fc.string() }),
);
const noTextOrNumber: Value = fc.oneof(noText, fc.integer(), fc.double({ noNaN: true }));

/** A valid text with an invalid part inserted. */
function spoilt(good: fc.Arbitrary<string>, with_: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(good, with_, fc.nat())
    .map(([text, bad, at]) => text.slice(0, at % (text.length + 1)) + bad + text.slice(at % (text.length + 1)));
}

function kernelName(longest: number): Value {
  const good = interfaceName;
  return fc.oneof(
    noTextOrNumber,
    injected,
    spoilt(good, fc.oneof(harmful, special)),
    fc.constantFrom("", ".", "..", "all", "default", "lo", "-", "_a", ".a", "-a"),
    fc.integer({ min: longest + 1, max: 300 }).map((length) => "a".repeat(length)),
  );
}

/** Values that are not the name of a machine or a domain; with a number at the end, a text would be an address. */
const noDomain: Value = fc.oneof(
  noTextOrNumber,
  injected,
  spoilt(
    interfaceName.filter((text) => /^[A-Za-z0-9]+$/.test(text)),
    fc.oneof(harmful, special),
  ),
  fc.constantFrom("", "..", ".a", "a..b", "-a", "a-", "a.-b", "a.b-.c", "1", "a.1", "10.0.0.1", "0x7f", "a.0x", "::1"),
  fc.integer({ min: 64, max: 300 }).map((length) => "a".repeat(length)),
);

const badAddress: Value = fc.oneof(
  noTextOrNumber,
  injected,
  spoilt(address, fc.oneof(harmful, special.filter((character) => character !== ":"))),
  cidr,
  fc.tuple(fc.nat(3), fc.integer({ min: 256, max: 99_999 })).map(([at, part]) => ["10", "0", "0", "1"].with(at, String(part)).join(".")),
  fc.constantFrom("", "1", "10.0.1", "10.0.0.1.1", "010.0.0.1", "0x7f.0.0.1", "10.0.0.1 ", " 10.0.0.1", ":", "fe80::1%eth0", "fd00::1::2", "fd00:::1", "g::1", "1:2:3:4:5:6:7:8:9", "localhost", "example.org", "0.0.0.0", "::", "224.0.0.1", "ff02::1", "255.255.255.255"),
); // prettier-ignore

const badCidr: Value = fc.oneof(
  noTextOrNumber,
  injected,
  address,
  spoilt(cidr, fc.oneof(harmful, special.filter((character) => character !== ":"))),
  fc.tuple(fc.ipV4(), fc.integer({ min: 33, max: 400 })).map(([ip, length]) => `${ip}/${length}`),
  fc.tuple(fc.ipV6(), fc.integer({ min: 129, max: 400 })).map(([ip, length]) => `${ip}/${length}`),
  fc.constantFrom("", "/", "/24", "10.0.0.1/", "10.0.0.1/-1", "10.0.0.1/24/24", "10.0.0.1/024", "10.0.0.1/255.255.255.0", "10.0.0.1/2e1", "10.0.0.1/٢٤", "::/0", "0.0.0.0/8", "224.0.0.1/4"),
); // prettier-ignore

/** Values that are not integers from `low` to `high`. */
export const wholeOutside = (low: number, high: number): Value =>
  fc.oneof(
    fc.integer({ max: low - 1 }),
    fc.integer({ min: high + 1, max: Number.MAX_SAFE_INTEGER }),
    fc.double({ min: low, max: high, noNaN: true, noInteger: true }),
    fc.constantFrom("", " ", "a", "1a", "0x10", "1e2", "１"),
    fc.integer({ min: low, max: high }).map(String),
    noText,
  );

const noBoolean: Value = fc.oneof(
  fc.constantFrom("true", "false", "yes", "", 0, 1, -1),
  fc.constant([]),
  fc.constant({}),
  fc.string(),
);

/** Values other than these words. */
export const noneOf = (...words: string[]): Value =>
  fc
    .oneof(
      anyText,
      fc.constantFrom(...words).map((word) => word.toUpperCase()),
      noTextOrNumber,
    )
    .filter((value) => !words.includes(value as string));

/** Wrong values, by what a property holds. */
export const malformed = {
  interfaceName: kernelName(15),
  incomingInterface: kernelName(15).filter((value) => value !== "lo"),
  namespaceName: kernelName(64),
  address: badAddress,
  interfaceAddress: fc.oneof(badCidr, fc.constantFrom("10.0.0.0/24", "fd00::/64")),
  network: fc.oneof(badCidr.filter((value) => value !== "0.0.0.0/8" && value !== "::/0" && value !== "224.0.0.1/4"), fc.constantFrom("10.0.0.1/24", "fd00::1/64", "default ", "Default")),
  mac: fc.oneof(
    noTextOrNumber,
    injected,
    spoilt(mac, fc.oneof(harmful, special)),
    fc.constantFrom("", "00:00:00:00:00:00", "01:00:5e:00:00:01", "ff:ff:ff:ff:ff:ff", "02:00:00:00:00", "02:00:00:00:00:00:00", "0200.0000.0001", "2:0:0:0:0:1", "02-00:00-00:00:g1"),
  ),
  port: wholeOutside(1, 65535),
  portRange: fc.oneof(
    noText,
    injected,
    fc.integer({ max: 0 }),
    fc.integer({ min: 65_536 }),
    fc.double({ min: 1, max: 65_535, noNaN: true, noInteger: true }),
    fc.tuple(fc.integer({ min: 2, max: 65_535 }), fc.integer({ min: 1, max: 60_000 })).map(([first, less]) => `${first}-${Math.max(1, first - less)}`).filter((range) => { const [a, b] = range.split("-").map(Number) as [number, number]; return a > b; }),
    spoilt(fc.constantFrom("80", "8000-8010"), fc.oneof(harmful, special)),
    fc.constantFrom("", "-", "80-", "-80", "0-5", "1-70000", "8000:8010", "http"),
  ),
  multicast: fc.oneof(noTextOrNumber, injected, address, cidr, spoilt(fc.constantFrom("239.1.1.1", "ff05::100"), fc.oneof(harmful, special.filter((character) => character !== ":"))), fc.constantFrom("", "223.255.255.255", "240.0.0.1", "fe00::1", "239.1.1", "ff05::1%eth0")),
  vni: wholeOutside(0, 16_777_215),
  mtu: wholeOutside(68, 65_535),
  delay: wholeOutside(0, 30),
  ageing: wholeOutside(0, 1_000_000),
  metric: wholeOutside(0, 4_294_967_295),
  boolean: noBoolean,
  protocol: noneOf("tcp", "udp", "sctp"),
  scope: noneOf("global", "site", "link", "host"),
  macvlanMode: noneOf("bridge", "private", "vepa", "passthru"),
  ipvlanMode: noneOf("l2", "l3", "l3s"),
  ipvlanFlag: noneOf("bridge", "private", "vepa"),
  routeType: noneOf("unicast", "blackhole", "unreachable", "prohibit"),
  ruleType: noneOf("lookup", "blackhole", "unreachable", "prohibit"),
  family: noneOf("ipv4", "ipv6"),
  prefixLength: wholeOutside(0, 128),
  packetMark: fc.oneof(
    noText,
    injected,
    fc.integer({ max: -1 }),
    fc.integer({ min: 4_294_967_296, max: Number.MAX_SAFE_INTEGER }),
    fc.double({ min: 0, noNaN: true, noInteger: true }),
    spoilt(fc.constantFrom("1", "0x1", "0x1/0xff"), fc.oneof(harmful, special)).filter((text) => !/^[0-9a-fx]+\/[0-9a-fx]+$/.test(text)),
    // Bits outside the mask, and an empty mask.
    fc.integer({ min: 1, max: 0xffff }).map((mark) => `0x${(mark << 8).toString(16)}/0xff`),
    fc.nat().map((mark) => `${mark}/0`),
    fc.constantFrom("", "0x", "/", "1/", "/1", "0x1/0xff/0xff", "1e3", "01x", "0b1", "0x123456789", "1.5", "-1", "0x1/-1", "１"),
  ),
  table: fc.oneof(noneOf("main", "local", "default").filter((value) => !Number.isInteger(value)), wholeOutside(1, 4_294_967_295)),
  machineName: fc.oneof(noDomain, fc.constantFrom(".", "a.", "a_b", "_a", "a.b_"), fc.integer({ min: 33, max: 150 }).map((count) => "a.".repeat(count).slice(0, -1))),
  searchDomain: fc.oneof(noDomain, fc.integer({ min: 128, max: 300 }).map((count) => "a.".repeat(count).slice(0, -1))),
  resolverOption: fc.oneof(
    noTextOrNumber,
    injected,
    spoilt(fc.constantFrom("ndots:2", "rotate"), fc.oneof(harmful, special)),
    fc.integer({ min: 16 }).map((number) => `ndots:${number}`),
    fc.integer({ max: -1 }).map((number) => `attempts:${number}`),
    fc.constantFrom("", "ndots", "ndots:", "ndots:02", "ndots:1.5", "ndots:0x1", "NDOTS:1", "rotate:1", "Rotate", "timeout:31", "attempts:6", "inet6", "nameserver 10.0.0.1", "constructor:1", "__proto__:1"),
  ),
  sysctlKey: fc.oneof(
    noTextOrNumber,
    injected.filter((text) => text !== "../lo"),
    spoilt(fc.constantFrom("net.ipv4.ip_forward", "net/ipv4/conf/eth0.5/forwarding"), fc.oneof(harmful, special.filter((character) => character !== "/"))),
    fc.constantFrom("", ".", "net", "net.", ".net.ipv4", "net..ipv4", "net/../kernel", "/proc/sys/net", "Net.ipv4.ip_forward"),
  ),
  sysctlValue: fc.oneof(noText, spoilt(fc.constantFrom("1", "4096 87380"), harmful.filter((character) => character !== "\t")), fc.constantFrom("", " ", "\t", 1.5), fc.double({ noInteger: true, noNaN: true })),
  containerName: fc.oneof(
    noTextOrNumber,
    injected,
    spoilt(interfaceName, fc.oneof(harmful, special)),
    fc.constantFrom("", ".", "..", "-", "-f", "_a", ".a", "/c1"),
    fc.integer({ min: 129, max: 400 }).map((length) => "a".repeat(length)),
  ),
  processId: wholeOutside(1, 4_194_304),
  namespacePath: fc.oneof(
    noTextOrNumber,
    injected,
    interfaceName,
    spoilt(fc.constant("/run/docker/netns/3f1c"), fc.oneof(harmful, special.filter((character) => !"/:@+".includes(character)))),
    fc.constantFrom("", "/", "//", "/a/", "/a//b", "~/box", "./box", "/run/box /run/other"),
    fc.integer({ min: 4096, max: 5000 }).map((length) => `/${"a".repeat(length)}`),
  ),
  host: fc.oneof(
    fc.integer(),
    fc.boolean(),
    fc.constantFrom("", "-oProxyCommand=id", [], ["host1"]),
    spoilt(interfaceName, harmful),
    fc.constant({}),
    fc.record({ address: fc.oneof(spoilt(address, harmful), fc.constant("-oProxyCommand=id"), fc.integer()) }),
    fc.record({ address, port: wholeOutside(1, 65_535) }),
    fc.record({ address, user: fc.oneof(spoilt(interfaceName, harmful), fc.constant("-l")) }),
    fc.record({ address, password: fc.oneof(spoilt(interfaceName, fc.constantFrom("\0", "\n", "\r", "\u001b")), fc.integer(), fc.constant("")) }),
    fc.record({ address, privateKey: fc.oneof(interfaceName, fc.constant("")) }),
    fc.record({ address, hostKeys: fc.oneof(fc.constant([]), interfaceName, fc.array(interfaceName, { minLength: 1 })) }),
    fc.record({ address, local: fc.constant(true) }),
    fc.record({ address, sudo: noBoolean }),
    fc.record({ address, adress: address }),
  ),
} satisfies Record<string, Value>; // prettier-ignore

/** What a property can hold. */
export type Domain = keyof typeof malformed;
