import { describe, expect, test } from "vitest";
import { type z } from "zod";
import { hostTable, machineName, nameServers, resolverOptions, searchDomains } from "../../provider/schema/names.js";

const problemOf = (schema: z.ZodType, value: unknown) => schema.safeParse(value).error?.issues[0]?.message;

/** Texts that must not be in any line of a file that programs read. */
const dangerous = [
  "a\n",
  "a\nnameserver 10.0.0.9",
  "a b",
  "a\tb",
  "a#b",
  "a\u0000",
  "\u202ea",
  "ａ",
  "é",
  "$(id)",
  "a;b",
  "a/b",
  "%s",
];
const parts = "is made of parts with dots between them";
const label = "a".repeat(63);

describe("a host name", () => {
  test.each([
    "con1",
    "Con1",
    "a",
    "1a",
    "c-1",
    "a.b.c",
    "4c01db0b339c",
    "con1.example.org",
    "a".repeat(63),
    `${label.slice(2)}.a`,
  ])("may be %s", (name) => {
    expect(machineName().parse(name)).toBe(name);
  });
  test.each(["", ".", "a.", ".a", "a..b", "-a", "a-", "a_b", "_a", "a".repeat(64), ...dangerous])(
    "can't be %j",
    (name) => {
      expect(problemOf(machineName(), name)).toContain(parts);
    },
  );
  test.each(["1", "10.0.0.1", "a.1", "0x7f", "a.0X"])("can't be %s, which programs take for an address", (name) => {
    expect(problemOf(machineName(), name)).toContain("can't end in a number");
  });
  test("has at most 64 characters", () => {
    expect(problemOf(machineName(), `${label}.aa`)).toBe("a host name has at most 64 characters (it has 66)");
  });
});

describe("a table of hosts", () => {
  test("one address is a text, several are a list; they are read as addresses", () => {
    const table = {
      web: "10.0.0.2",
      db: ["FD00:0::3"],
      both: ["10.0.0.4", "fd00::4"],
      "a.example.org": "::ffff:10.0.0.5",
    };
    const read = { ...table, db: "fd00::3" };
    expect(hostTable().parse(table)).toEqual(read);
    expect(hostTable().parse(read)).toEqual(read);
    expect(hostTable().parse({})).toEqual({});
  });
  test.each<[object, string]>([
    [{ web: "10.0.0.2/24" }, "is not an IPv4 or IPv6 address"],
    [{ web: "10.0.0.2\n10.0.0.3 db" }, "is not an IPv4 or IPv6 address"],
    [{ localhost: "10.0.0.2" }, "localhost is always there: leave it out"],
    [{ "IP6-localhost": "fd00::2" }, "IP6-localhost is always there: leave it out"],
    [{ web: "10.0.0.2", WEB: "10.0.0.3" }, "WEB is the same name as web"],
    [
      Object.fromEntries(Array.from({ length: 6000 }, (_, index) => [`n${index}`, "10.0.0.2"])),
      "a table of hosts has at most 60000 characters",
    ],
  ])("%j is refused", (table, problem) => {
    expect(JSON.stringify(hostTable().safeParse(table).error?.issues)).toContain(problem);
  });
  test.each<[unknown, string]>([
    [[], "is a list of at least one; for none leave it out"],
    [["10.0.0.2", "10.0.0.2"], '"10.0.0.2" is there twice'],
  ])("the addresses %j are refused", (web, problem) => {
    expect(JSON.stringify(hostTable().safeParse({ web }).error?.issues)).toContain(
      JSON.stringify(problem).slice(1, -1),
    );
  });
  test.each(["", "a_b", "10.0.0.2", ...dangerous])("a name can't be %j", (name) => {
    expect(hostTable().safeParse({ [name]: "10.0.0.2" }).success).toBe(false);
  });
});

describe("DNS", () => {
  test("servers: one to three, each once, in their order", () => {
    expect(nameServers().parse(["FD00::53", "127.0.0.1", "10.0.0.53"])).toEqual(["fd00::53", "127.0.0.1", "10.0.0.53"]);
    expect(problemOf(nameServers(), [])).toBe("is a list of at least one; for none leave it out");
    expect(problemOf(nameServers(), ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"])).toBe(
      "has at most 3 servers: resolvers ask no more than that",
    );
    expect(problemOf(nameServers(), ["10.0.0.1", "10.0.0.1"])).toBe('"10.0.0.1" is there twice');
  });
  test.each(["example.org", "example.org.", ".", "_tcp.example.org", "a_b", "com"])(
    "a search domain may be %s",
    (domain) => {
      expect(searchDomains().parse([domain])).toEqual([domain]);
    },
  );
  test.each(["", "..", "a..b", ".a", "-a", "10.0.0.1", ...dangerous])("a search domain can't be %j", (domain) => {
    expect(problemOf(searchDomains(), [domain])).toMatch(/^a search domain (is made of parts|can't end in a number)/);
  });
  test("search domains: 32 at most", () => {
    const domains = Array.from({ length: 33 }, (_, index) => `a${index}.test`);
    expect(searchDomains().safeParse(domains.slice(1)).success).toBe(true);
    expect(problemOf(searchDomains(), domains)).toBe("has at most 32 domains");
  });
  test.each(["ndots:0", "ndots:15", "timeout:30", "attempts:1", "rotate", "single-request-reopen", "trust-ad"])(
    "an option may be %s",
    (option) => {
      expect(resolverOptions().parse([option])).toEqual([option]);
    },
  );
  test.each([
    "",
    "ndot:2",
    "ndots",
    "ndots:",
    "ndots:16",
    "ndots:02",
    "ndots:-1",
    "rotate:1",
    "inet6",
    "constructor:1",
    ...dangerous,
  ])("an option can't be %j", (option) => {
    expect(problemOf(resolverOptions(), [option])).toMatch(
      /^an option of the resolver is one of ndots:0 to ndots:15, /,
    );
  });
  test("an option is there once, whatever its number", () => {
    expect(problemOf(resolverOptions(), ["ndots:1", "rotate", "ndots:2"])).toBe("ndots is there twice");
    expect(problemOf(resolverOptions(), ["rotate", "rotate"])).toBe('"rotate" is there twice');
  });
});
