import { expect, test } from "vitest";
import { markedRules } from "../../provider/commands/firewall.js";
import { parseRules } from "../../provider/commands/iptables.js";
import { parseLinks } from "../../provider/commands/link.js";
import { allNetnsFiles, netnsFilesOf } from "../../provider/commands/netns-files.js";
import { parseRoutes, routesTo } from "../../provider/commands/route.js";
import { parseCases } from "./parse-cases.js";
import { type Reply, readRecordings } from "./recording.js";

const recordings = readRecordings<Reply>("parse");
function recorded(title: keyof typeof parseCases): string {
  const { argv, exitCode, stdout } = recordings[title]!;
  expect({ argv, exitCode }, "recorded otherwise: run npm run record").toEqual({
    ...parseCases[title],
    around: undefined,
    exitCode: 0,
  });
  return stdout;
}

const plain = {
  alias: undefined,
  group: 0,
  up: false,
  master: undefined,
  hairpin: false,
  isolated: false,
  addresses: [],
  linkLocal: [],
  info: {},
};

test("links: lo, one end of a pair whose other end is elsewhere, a bridge", () => {
  expect(parseLinks(recorded("all links of a namespace"))).toEqual([
    {
      ...plain,
      ifindex: 1,
      name: "lo",
      kind: undefined,
      peer: undefined,
      mac: "00:00:00:00:00:00",
      mtu: 65536,
      up: true,
      addresses: ["127.0.0.1/8", "::1/128"],
    },
    {
      ...plain,
      ifindex: 2,
      name: "d1",
      kind: "veth",
      peer: expect.any(Number) as number,
      mac: "02:00:00:00:00:02",
      mtu: 1500,
    },
    {
      ...plain,
      ifindex: 3,
      name: "br0",
      kind: "bridge",
      peer: undefined,
      mac: "02:00:00:00:00:03",
      mtu: 1500,
      info: expect.objectContaining({ stp_state: 1, forward_delay: 400, ageing_time: 6000 }) as object,
    },
  ]);
});

test("links: a bridge's port, with its group, its alias and its other end beside it", () => {
  expect(parseLinks(recorded("a bridge's port"))).toEqual([
    {
      ...plain,
      ifindex: expect.any(Number) as number,
      name: "d0",
      kind: "veth",
      peer: "d1",
      mac: "02:00:00:00:00:01",
      mtu: 1400,
      up: true,
      alias: 'linuxnet:a/b/Veth/it\'s "x"',
      group: 1234567890,
      master: "br0",
      hairpin: true,
      isolated: true,
    },
  ]);
});

test("links: a macvlan, whose parent in another namespace has a number only, and its mode", () => {
  expect(parseLinks(recorded("a macvlan and its parent in another namespace"))).toEqual([
    {
      ...plain,
      ifindex: expect.any(Number) as number,
      name: "m0",
      kind: "macvlan",
      peer: expect.any(Number) as number,
      mac: "02:00:00:00:00:04",
      mtu: 1500,
      info: expect.objectContaining({ mode: "vepa" }) as object,
    },
  ]);
});

test("links: addresses are canonical; those with a lease don't count, link-local ones stand apart", () => {
  const [link] = parseLinks(recorded("addresses of every kind"));
  expect(link).toMatchObject({
    addresses: ["10.1.0.1/24", "10.9.0.1/32", "10.1.0.2/24", "fd00::1/64"],
    linkLocal: ["fe80::ff:fe00:1/64", "fe80::17/64"],
  });
});

test.each(["", "[]", "[{}]", '[{},{"addr_info":[]}]'])("links: %j is none", (stdout) => {
  expect(parseLinks(stdout)).toEqual([]);
});

const plainRoute = {
  type: "unicast",
  via: undefined,
  device: undefined,
  source: undefined,
  metric: 0,
  scope: "global",
  protocol: 3,
  mtu: undefined,
};

test("routes: of one network, by metric", () => {
  const destination = "10.7.0.0/16";
  expect(parseRoutes(recorded("IPv4 routes of one network"), 4)).toEqual([
    { ...plainRoute, destination, via: "10.1.0.2", device: "d0", source: "10.1.0.1", protocol: 171, mtu: 1400 },
    { ...plainRoute, destination, device: "d0", metric: 5, scope: "link", protocol: 4 },
    { ...plainRoute, destination, type: "blackhole", metric: 6 },
    { ...plainRoute, destination, via: "fd00::2", device: "d0", metric: 7 },
  ]);
});

test("routes: default, to one address, none", () => {
  const [ipv4] = parseRoutes(recorded("IPv4 default routes"), 4);
  expect(ipv4).toEqual({ ...plainRoute, destination: "0.0.0.0/0", via: "10.1.0.2", device: "d0", protocol: 171 });
  expect(parseRoutes(recorded("IPv6 default routes"), 6)).toEqual([
    { ...plainRoute, destination: "::/0", via: "fd00::2", device: "d0", metric: 1024, protocol: 171, mtu: 1400 },
    { ...plainRoute, destination: "::/0", type: "unreachable", device: "lo", metric: 2048 },
  ]);
  expect(parseRoutes(recorded("a route to one address"), 4)).toEqual([
    { ...plainRoute, destination: "10.7.0.1/32", device: "d0", scope: "link" },
  ]);
  expect(parseRoutes(recorded("no routes"), 4)).toEqual([]);
  expect(parseRoutes("", 4)).toEqual([]);
});

test("routes: a table without routes is no failure", () => {
  const reply = readRecordings<Reply>("failures")["a routing table that is not there"]!;
  expect(routesTo(undefined, "0.0.0.0/0", "77").parse({ ran: true, ...reply })).toEqual({ missing: "object" });
});

test("a failed command is a failure, and not a thing that is missing", () => {
  const result = { ran: true, exitCode: 1, stdout: "", stderr: "Cannot send dump request: No buffer space available" };
  expect(() => routesTo(undefined, "10.0.0.0/8").parse(result)).toThrow(/No buffer space/);
  expect(() => markedRules(undefined, 4, ["x"]).parse({ ...result, stderr: "iptables-save: Bad system call" })).toThrow(
    /Bad system call/,
  );
});

const mark = "linuxnet:shop/dev/PortForward/web";

test("rules: those of exactly one mark, in the order in which packets meet them", () => {
  expect(
    parseRules(
      recorded("rules of every table"),
      (found) => found === mark,
      () => false,
    ),
  ).toEqual({
    chains: [],
    rules: [
      { table: "raw", match: "-A PREROUTING -d 127.0.0.0/8 -i br0", mark, target: "DROP" },
      {
        table: "nat",
        match: "-A PREROUTING -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 8000",
        mark,
        target: "DNAT --to-destination 172.17.0.101:8080",
      },
      { table: "filter", match: "-A FORWARD -i br0", mark, target: "ACCEPT" },
    ],
  });
});

test("rules: with the chain that was made for them, and no other one", () => {
  const own = "linuxnet:shop/dev/MasqueradeRule/one";
  const chain = "LINUXNET-0123456789AB";
  expect(
    parseRules(
      recorded("rules of every table"),
      (found) => found === own,
      (name) => [chain, "LINUXNET-OTHER"].includes(name),
    ),
  ).toEqual({
    chains: [{ table: "nat", name: chain }],
    rules: [
      { table: "nat", match: "-A POSTROUTING -s 172.17.0.0/24 ! -o br0", mark: own, target: chain },
      { table: "nat", match: `-A ${chain}`, mark: own, target: "MASQUERADE" },
    ],
  });
});

/** A reply as a query reads it. */
const reply = (title: keyof typeof parseCases) => ({ ran: true, exitCode: 0, stdout: recorded(title), stderr: "" });

test("files of namespaces: what is a text, what is none, what is on its way, and what the host has not", () => {
  const plain = { isFile: true, mode: "644", owner: "0:0" };
  const other = { isFile: false, mode: "755", owner: "0:0", text: undefined };
  const missingOnHost = ["hostname"];
  const found = allNetnsFiles().parse(reply("files of all namespaces")).value!;
  expect(Object.fromEntries(found)).toEqual({
    "a.b-c": {
      files: {
        hostname: { ...plain, text: "one\n\n# linuxnet:a/b/Namespace/c\n" },
        hosts: { ...plain, text: "# linuxnet:a/b/Namespace/c\nno end" },
        "resolv.conf": { ...plain, text: undefined },
      },
      leftovers: [],
      missingOnHost,
    },
    "a.b-c.hosts": { files: {}, leftovers: [{ file: "hosts", group: 13 }], missingOnHost },
    two: {
      files: {
        hosts: { isFile: true, mode: "4750", owner: "7:8", text: "" },
        hostname: { ...plain, text: undefined },
        "resolv.conf": { ...plain, text: undefined },
      },
      leftovers: [{ file: "hosts", group: 12 }],
      missingOnHost,
    },
    empty: {
      files: { hosts: { ...other, mode: "777" }, hostname: other, "resolv.conf": { ...other, mode: "644" } },
      leftovers: [],
      missingOnHost,
    },
  });
  expect(netnsFilesOf("nobody").shared!.answer(reply("files of all namespaces"))).toEqual({
    value: { files: {}, leftovers: [], missingOnHost },
  });
});

test("files of one namespace, and not of one whose name begins alike", () => {
  const hosts = { isFile: true, mode: "644", owner: "0:0", text: "10.0.0.2 é\n" };
  const one = { files: { hosts }, leftovers: [], missingOnHost: [] };
  const all = reply("files of one namespace");
  expect(netnsFilesOf("con1").parse(all)).toEqual({ value: one });
  expect(netnsFilesOf("con1.x").shared!.answer(all)?.value?.leftovers).toEqual([{ file: "hosts", group: 12 }]);
});
