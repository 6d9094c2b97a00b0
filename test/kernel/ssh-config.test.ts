/** Hosts that are reached as OpenSSH's client would reach them. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SshConnection } from "../../provider/transport/connection.js";
import { type HostEntry, type Inventory, connectionTo } from "../../provider/transport/inventory.js";
import { outcomeOf } from "./transport-outcome.js";
import { type TestSshd, startSshd } from "./transport-sshd.js";

let jump: TestSshd;
let target: TestSshd;
let files = 0;

beforeAll(async () => {
  [jump, target] = await Promise.all([startSshd(), startSshd()]);
});
afterAll(async () => {
  await Promise.all([jump, target].map((sshd) => sshd[Symbol.asyncDispose]()));
});

/** Writes a separate configuration file: a run caches the files that it has read. */
async function configured(...lines: string[]): Promise<string> {
  const file = join(target.folder, `config${files++}`);
  await writeFile(file, lines.join("\n"));
  return file;
}

const reach = (name: string, entry: HostEntry, inventory: Inventory = {}) =>
  connectionTo(name, entry, inventory) as SshConnection;

const keys = (sshd: TestSshd) => [
  `  IdentityFile ${join(sshd.folder, "user_key")}`,
  `  UserKnownHostsFile ${join(sshd.folder, "known_hosts")}`,
];

describe("HostName, Port, User, IdentityFile and UserKnownHostsFile", () => {
  test("are taken over, through Include and Match, and lead to the host", async () => {
    const included = await configured("Host lab", ...keys(target));
    const file = await configured(
      `Include ${included}`,
      "Match originalhost lab",
      "  HostName 127.0.0.1",
      `  Port ${target.port}`,
      "Host *",
      "  User root",
      "  Port 1",
    );
    const connection = reach("lab", { sshConfig: file });
    expect(connection).toMatchObject({ name: "lab", address: "127.0.0.1", port: target.port, user: "root" });
    expect(await outcomeOf(connection)).toBe("ok");
    expect(await outcomeOf(reach("host1", { address: "lab", sshConfig: file }))).toBe("ok");
  });

  test("count where the inventory says nothing", async () => {
    const file = await configured("Host lab", "  HostName 127.0.0.1", "  Port 1", "  User nobody", ...keys(jump));
    const own = {
      port: target.port,
      user: "root",
      privateKeyPath: join(target.folder, "user_key"),
      knownHostsPath: join(target.folder, "known_hosts"),
    };
    expect(await outcomeOf(reach("lab", { sshConfig: file, ...own }))).toBe("ok");
  });

  test("tokens and the user's own name are OpenSSH's", async () => {
    const file = await configured("Host lab", "  HostName %h.example.org", `  IdentityFile ${target.folder}/%h-%r_%%`);
    const connection = reach("lab", { sshConfig: file, user: "ops" });
    expect(connection.address).toBe("lab.example.org");
    expect(connection.identityFiles).toEqual([`${target.folder}/lab.example.org-ops_%`]);
    expect(reach("lab", { sshConfig: file }).user).toBe("root");
  });
});

describe("ProxyJump", () => {
  test("leads through hosts of the same file, each with its own keys and checked", async () => {
    const file = await configured(
      "Host inner",
      "  HostName 127.0.0.1",
      `  Port ${target.port}`,
      "  ProxyJump front",
      ...keys(target),
      "Host front",
      "  HostName 127.0.0.1",
      `  Port ${jump.port}`,
      ...keys(jump),
    );
    const before = await jump.countInLog(/Accepted publickey/);
    const connection = reach("inner", { sshConfig: file });
    expect(connection.jump).toMatchObject({ name: "front", port: jump.port });
    expect(await outcomeOf(connection)).toBe("ok");
    expect(await jump.countInLog(/Accepted publickey/)).toBe(before + 1);
    await writeFile(join(jump.folder, "unknown"), "");
    const text = (await readFile(file, "utf8")).replace(join(jump.folder, "known_hosts"), join(jump.folder, "unknown"));
    expect(await outcomeOf(reach("inner", { sshConfig: await configured(text) }))).toMatchObject({
      reason: "host-key",
      message: expect.stringMatching(/through its jump host: Host front/) as string,
    });
  });

  test("may be a chain, with users and ports, and the inventory's jump goes before it", async () => {
    const file = await configured(
      "Host inner",
      "  ProxyJump ops@first:2201,ssh://second:2202",
      "Host second",
      "  ProxyJump never",
    );
    const connection = reach("inner", { sshConfig: file });
    expect(connection.jump).toMatchObject({ address: "second", port: 2202 });
    expect(connection.jump?.jump).toMatchObject({ address: "first", port: 2201, user: "ops" });
    expect(connection.jump?.jump?.jump).toBeUndefined();
    const inventory = { front: { address: "192.0.2.1" } };
    expect(reach("inner", { sshConfig: file, jump: "front" }, inventory).jump).toMatchObject({ address: "192.0.2.1" });
  });
});

describe("is refused clearly", () => {
  const refused = (entry: HostEntry) => () => reach("lab", entry);

  test("where there is a ProxyCommand, a circle, or a mistake in the file", async () => {
    expect(refused({ sshConfig: await configured("Host lab", "  ProxyCommand nc %h %p") })).toThrow(
      /has a ProxyCommand for it; only ProxyJump is supported/,
    );
    expect(refused({ sshConfig: await configured("Host lab", "  ProxyJump a", "Host a", "  ProxyJump lab") })).toThrow(
      /its jump hosts lead in a circle: lab → a → lab/,
    );
    expect(refused({ sshConfig: await configured("Host lab", "  Prot 22") })).toThrow(
      /`ssh -G` says: .*line 2: Bad configuration option: prot/,
    );
    expect(refused({ sshConfig: "/nonexistent/config" })).toThrow(/Can't open user config file \/nonexistent\/config/);
  });

  test("where there is no ssh", async () => {
    const { PATH } = process.env;
    process.env["PATH"] = "/nonexistent";
    try {
      const sshConfig = await configured("");
      expect(refused({ sshConfig })).toThrow(/sshConfig needs the program ssh .* install openssh-client/);
    } finally {
      process.env["PATH"] = PATH;
    }
  });
});
