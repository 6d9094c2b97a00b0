import { describe, expect, test } from "vitest";
import { host, hostArgs, hostName, sameHost } from "../../provider/schema/host.js";

const problemsOf = (schema: typeof hostArgs | typeof host, value: unknown) =>
  schema.safeParse(value).error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);

describe("how a host is reached", () => {
  const everything = {
    name: "web",
    address: "10.0.12.15",
    user: "ops",
    port: 2222,
    privateKeyPath: "~/.ssh/id",
    knownHostsPath: "~/.ssh/known_hosts",
    sudo: true,
    jump: "bastion",
    connectTimeout: 5,
    machineId: "1f2e3d4c",
    deleteUnreachable: true,
  };

  test.each([
    [everything],
    [{ address: "fd00::1" }],
    [{ local: true }],
    [{ address: "host1.example.org", local: false }],
  ])("may be %j", (args) => {
    expect(hostArgs.parse(args)).toEqual(args);
    expect(host.parse(args)).toEqual(args);
  });

  test.each([
    [{}, "address: is missing; a host has an address, or `local: true`"],
    [{ user: "root" }, "address: is missing; a host has an address, or `local: true`"],
    [{ local: true, address: "10.0.0.1" }, "local: a host is either local or has an address, not both"],
    [{ address: "-oProxyCommand=id" }, "address: an address can't start with '-'"],
    [{ address: "10.0.0.1\n" }, "address: an address has to be one line of printable ASCII characters"],
    ...["web 1", "http://web/a", "@web", "ops@", "ops:secret@", "a@b@c", "ops:p@ss@web"].map(
      (address): [object, string] => [
        { address },
        "address: an address is a host name or an IP address, without spaces, / or @",
      ],
    ),
    [{ address: "a", user: "ro\u202eot" }, "user: a user has to be one line of printable ASCII characters"],
    [{ address: "a", user: "-l" }, "user: a user can't start with '-'"],
    [{ address: "a", port: 0 }, "port: a port is a whole number from 1 to 65535"],
    [{ address: "a", port: "22" }, "port: a port is a whole number from 1 to 65535"],
    [{ address: "a", privateKeyPath: "" }, "privateKeyPath: a path has to be one line of printable ASCII characters"],
  ])("may not be %j", (args, problem) => {
    expect(problemsOf(hostArgs, args)).toEqual([problem]);
  });

  test.each([
    ["ops@10.0.0.1", 'address: "10.0.0.1", user: "ops"'],
    ["10.0.0.1:2222", 'address: "10.0.0.1", port: 2222'],
    ["ops@web.example.org:22", 'address: "web.example.org", user: "ops", port: 22'],
    ["[fd00::1]", 'address: "fd00::1"'],
    ["[fd00::1]:2222", 'address: "fd00::1", port: 2222'],
    ["ops@[fe80::1%eth0]", 'address: "fe80::1%eth0", user: "ops"'],
    ["ssh://web", 'address: "web"'],
    [" 10.0.0.1 ", 'address: "10.0.0.1"'],
    ["10.0.0.1/24", 'address: "10.0.0.1"'],
    ["fd00::1/64", 'address: "fd00::1"'],
    ["ops@10.0.0.1/24", 'address: "10.0.0.1", user: "ops"'],
    ["ssh://ops:secret@web:22/", 'address: "web", user: "ops", port: 22'],
  ])("an address that says more names its correction: %s", (address, correction) => {
    expect(problemsOf(hostArgs, { address })).toEqual([
      `address: an address is a host name or an IP address alone; write ${correction}`,
    ]);
  });

  test.each(["web", "web-1.example.org", "10.0.0.1", "fd00::1", "fe80::1%eth0", "::ffff:10.0.0.1", "alias_of_ssh"])(
    "%s is an address",
    (address) => {
      expect(hostArgs.safeParse({ address }).success).toBe(true);
    },
  );

  test.each([
    [{ address: "a", password: "sec\nret" }, "password"],
    [{ address: "a", privateKey: "-----BEGIN" }, "privateKey"],
    [{ address: "a", hostkey: "secret" }, "hostkey"],
  ])("has no other fields, and a message quotes no value: %j", (args, field) => {
    const issues = JSON.stringify(hostArgs.safeParse(args).error!.issues);
    expect(issues).toContain(field);
    expect(issues).not.toMatch(/sec\b|secret|"-----BEGIN"/);
  });

  test.each([0, 601, 1.5, "10"])("a connection attempt doesn't last %j seconds", (connectTimeout) => {
    expect(hostArgs.safeParse({ address: "a", connectTimeout }).success).toBe(false);
  });

  test.each([[1], [true], [["host1"]], [""], ["-x"], ["a\nb"]])("a host is a name or an object, not %j", (value) => {
    expect(host.safeParse(value).success).toBe(false);
  });
});

test.each([
  ["host1", "host1"],
  [{ name: "web", address: "10.0.0.1" }, "web"],
  [{ address: "10.0.0.1" }, "10.0.0.1"],
  [{ local: true }, "localhost"],
])("%j is called %s", (value, name) => {
  expect(hostName(value)).toBe(name);
});

test.each([
  ["host1", "host1", true],
  ["host1", "host2", false],
  ["web", { name: "web", address: "10.0.0.1" }, true],
  [{ name: "web", address: "10.0.0.1" }, { name: "web", address: "10.0.0.2", user: "ops" }, true],
  [{ name: "web", address: "10.0.0.1" }, { name: "db", address: "10.0.0.1" }, false],
  [{ address: "10.0.0.1" }, { address: "10.0.0.2" }, true],
  ["10.0.0.1", { address: "10.0.0.1" }, false],
])("%j and %j are the same host: %s", (a, b, same) => {
  expect(sameHost(a, b)).toBe(same);
  expect(sameHost(b, a)).toBe(same);
});
