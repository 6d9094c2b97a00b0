import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readInventory } from "../../provider/schema/inventory.js";
import { connectionTo } from "../../provider/transport/inventory.js";

const read = (hosts: unknown, defaults?: unknown) => readInventory({ hosts, defaults });
const key = "-----BEGIN OPENSSH PRIVATE KEY-----\nabc=\n-----END OPENSSH PRIVATE KEY-----\n";

describe("what is wrong", () => {
  test("is told all at once, each with its path, and nothing counts then", () => {
    const { hosts, defaults, problems } = read(
      {
        host1: { adress: "10.0.0.1" },
        host2: { address: "10.0.0.2", port: "22", user: "-l" },
        "a\nb": { address: "10.0.0.3" },
        host4: "10.0.0.4",
        host5: { address: "a", hostKeys: ["SHA256:abc"] },
        host6: { address: "a", sudo: false, sudoPassword: "x" },
        good: { address: "10.0.0.7" },
      },
      { address: "10.0.0.8", user: "" },
    );
    expect({ hosts, defaults }).toEqual({ hosts: {}, defaults: {} });
    expect(problems).toEqual([
      expect.stringMatching(/^linuxnet:defaults\.user a user has to be one line/),
      expect.stringMatching(/^linuxnet:defaults\.address is not a property of a host; it has user, port/),
      expect.stringMatching(/^linuxnet:hosts\["a\\nb"\] a host's name has to be one line/),
      'linuxnet:hosts.host4 has to be an object that says how the host is reached, such as { address: "10.0.12.15" }',
    ]);
    expect(
      read({ host1: { adress: "10.0.0.1" }, host2: { address: "10.0.0.2", port: "22", user: "-l" } }).problems,
    ).toEqual([
      expect.stringMatching(/^linuxnet:hosts\.host1\.adress is not a property of a host; did you mean address\?$/),
      expect.stringMatching(/^linuxnet:hosts\.host1\.address is missing/),
      "linuxnet:hosts.host2.user a user can't start with '-'",
      "linuxnet:hosts.host2.port a port is a whole number from 1 to 65535",
    ]);
    expect(read({ a: { address: "a", hostKeys: ["SHA256:abc"] } }).problems).toEqual([
      expect.stringMatching(/^linuxnet:hosts\.a\.hostKeys\[0\] a host key is a line such as/),
    ]);
    expect(read({ a: { address: "a", sudo: false, sudoPassword: "x" } }).problems).toEqual([
      "linuxnet:hosts.a.sudoPassword is for sudo, which is off; leave out one of the two",
    ]);
  });

  test.each([[5], ["host1"], [["host1"]], [true]])("is an inventory that is %j", (hosts) => {
    expect(read(hosts).problems).toEqual([
      expect.stringMatching(/^linuxnet:hosts has to be an object from host names/),
    ]);
    expect(read({}, hosts).problems[0]).toMatch(/^linuxnet:defaults/);
  });

  test.each([
    ["password", "line\nbreak"],
    ["passphrase", ""],
    ["sudoPassword", "tab\there"],
    ["privateKey", "CANARY"],
    ["privateKey", `CANARY ${key}`],
    ["password", 12_345_678],
    ["hostKeys", "CANARY"],
    ["hostKeys", ["ssh-ed25519 CANARY"]],
    ["strictHostKeyChecking", true],
    ["sshConfig", 1],
  ])("is never quoted: %s %j", (field, value) => {
    const { problems } = read({ host1: { address: "a", [field]: value } });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^linuxnet:hosts\\.host1\\.${field}`));
    expect(problems[0]).not.toMatch(/CANARY|break|here|12345678/);
  });
});

describe("linuxnet:defaults", () => {
  test("hold where a host says nothing", () => {
    const { hosts, problems } = read(
      { one: { address: "a" }, two: { address: "b", user: "root", port: null, sudo: false }, here: { local: true } },
      { user: "ops", port: 2222, sudo: true, jump: "one", sudoPassword: null },
    );
    expect(problems).toEqual([]);
    expect(hosts).toEqual({
      one: { address: "a", user: "ops", port: 2222, sudo: true },
      two: { address: "b", user: "root", port: 2222, sudo: false, jump: "one" },
      here: { local: true, sudo: true },
    });
  });

  test("give way as a whole where a host has another key, password or trust", () => {
    const hostKeys = [`SHA256:${"a".repeat(43)}`];
    const { hosts, problems } = read(
      { one: { address: "a", privateKey: key }, two: { address: "b", password: "p", hostKeys } },
      { privateKeyPath: "~/.ssh/lab", knownHostsPath: "~/.ssh/lab_hosts", passphrase: "s" },
    );
    expect(problems).toEqual([]);
    expect(hosts.one).toEqual({ address: "a", privateKey: key, knownHostsPath: "~/.ssh/lab_hosts", passphrase: "s" });
    expect(hosts.two).toEqual({ address: "b", password: "p", hostKeys, passphrase: "s" });
  });

  test("give no password for sudo to a host that does without sudo", () => {
    const { hosts, problems } = read(
      { one: { address: "a", user: "root", sudo: false }, two: { address: "b" } },
      { user: "ops", sudoPassword: "s" },
    );
    expect(problems).toEqual([]);
    expect(hosts).toEqual({
      one: { address: "a", user: "root", sudo: false },
      two: { address: "b", user: "ops", sudoPassword: "s" },
    });
  });

  test("may say that OpenSSH's configuration counts: then a name is enough", () => {
    expect(read({ one: {} }, { sshConfig: true })).toMatchObject({ hosts: { one: { sshConfig: true } }, problems: [] });
    expect(read({ one: {} }).problems).toEqual([
      "linuxnet:hosts.one.address is missing; a host has an address, or `local: true`",
    ]);
  });
});

describe("secrets in files", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "linuxnet-secrets-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string, text: string) => {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  const fields = ["passphrase", "password", "sudoPassword"] as const;

  test.each(fields)("%sPath is read where the host is reached", (field) => {
    const { hosts, problems } = read({ one: { address: "a", [`${field}Path`]: write("secret", "pa ss'wörd\n") } });
    expect(problems).toEqual([]);
    expect(JSON.stringify(hosts)).not.toContain("pa ss");
    expect(connectionTo("one", hosts.one!, hosts)).toMatchObject({
      [field]: "pa ss'wörd",
      sudo: field === "sudoPassword",
    });
  });

  test.each(fields)("%sPath beside the secret itself is a mistake; the host's own goes before the default", (field) => {
    expect(read({ one: { address: "a", [field]: "s", [`${field}Path`]: "/x" } }).problems).toEqual([
      `linuxnet:hosts.one.${field}Path is given twice; leave out ${field} or ${field}Path`,
    ]);
    const { hosts, problems } = read({ one: { address: "a", [field]: "s" } }, { [`${field}Path`]: "/x" });
    expect(problems).toEqual([]);
    expect(hosts.one).toEqual({ address: "a", [field]: "s" });
  });

  test("a local host has what is for sudo; one without sudo has not", () => {
    const file = write("secret", "s");
    const { hosts } = read(
      { here: { local: true }, plain: { address: "a", sudo: false } },
      { sudoPasswordPath: file, passwordPath: file },
    );
    expect(hosts).toEqual({
      here: { local: true, sudoPasswordPath: file },
      plain: { address: "a", sudo: false, passwordPath: file },
    });
    expect(connectionTo("here", hosts.here!, hosts)).toEqual({
      kind: "local",
      name: "here",
      sudo: true,
      sudoPassword: "s",
    });
    expect(read({ a: { address: "a", sudo: false, sudoPasswordPath: file } }).problems).toEqual([
      "linuxnet:hosts.a.sudoPasswordPath is for sudo, which is off; leave out one of the two",
    ]);
  });

  test.each([
    ["is missing", () => path.join(folder, "nothing"), /its passwordPath \/\S+\/nothing cannot be read \(ENOENT\)$/],
    ["is a folder", () => folder, /its passwordPath \S+ cannot be read \(EISDIR\)$/],
    ["is empty", () => write("secret", ""), /its passwordPath \S+ has to be a file of one line$/],
    ["has more lines", () => write("secret", "canary\nb\n"), /its passwordPath \S+ has to be a file of one line$/],
    ["has a NUL", () => write("secret", "canary\0b"), /its passwordPath \S+ has to be a file of one line$/],
  ])("a file that %s is an error before anything is touched, and is not quoted", (_, file, message) => {
    const { hosts } = read({ one: { address: "a", passwordPath: file() } });
    expect(() => connectionTo("one", hosts.one!, hosts)).toThrow(message);
    expect(() => connectionTo("one", hosts.one!, hosts)).not.toThrow(/canary/);
  });
});
