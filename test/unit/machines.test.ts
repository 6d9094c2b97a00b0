import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { qemuCommand } from "../../examples/lab/qemu.js";
import { quoteForShell } from "../../examples/lab/shell-quoting.js";
import { readMachineArguments, readSuite } from "../../scripts/machine-arguments.js";
import { cacheFolder, ensureCached } from "../../scripts/machines/cache.mjs";
import { ensureDebianRoot } from "../../scripts/machines/debian-root.mjs";
import { mirrorIn } from "../../scripts/machines/mirror.mjs";
import { recipeDigest } from "../../scripts/machines/suites.mjs";

describe("what is typed", () => {
  test.each([
    [["bookworm"], { suite: "bookworm", interfaceNames: "eth0" }],
    [["--interface-names", "systemd", "sid"], { suite: "sid", interfaceNames: "systemd" }],
    [["trixie", "--interface-names=eth0"], { suite: "trixie", interfaceNames: "eth0" }],
  ])("%j", (args, expected) => {
    expect(readMachineArguments(args)).toEqual(expected);
  });

  test.each([
    [["buster"], 'There is no suite "buster": bullseye, bookworm, trixie, sid.'],
    [["--interface-names", "systemd"], "Name a suite: bullseye, bookworm, trixie, sid."],
    [["sid", "trixie"], "One suite at a time, not sid and trixie."],
    [["sid", "--memory", "9"], "Unknown option --memory: a machine has --interface-names eth0|systemd."],
    [["sid", "-x"], "Unknown option -x: a machine has --interface-names eth0|systemd."],
    [["sid", "--interface-names", "ens3"], '--interface-names is eth0 or systemd, not "ens3".'],
    [["sid", "--interface-names"], '--interface-names is eth0 or systemd, not "".'],
  ])("%j is refused", (args, message) => {
    expect(() => readMachineArguments(args)).toThrow(message);
  });

  test("what every object has is no suite", () => {
    expect(() => readSuite("toString")).toThrow('There is no suite "toString"');
  });
});

test("a shell takes quoted arguments as they were", () => {
  const argv = ["a b", "", "it's", "$HOME `id` \\", 'say "hi"', "two\nlines", "*", "~", "#", "a=b", "ü", "-n"];
  const script = `printf '%s\\0' ${quoteForShell(argv)}`;
  expect(execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1)).toEqual(argv);
});

describe("the archive", () => {
  test("of a file in deb822 format", () => {
    const text =
      "Types: deb\n# URIs: http://old.example/debian\nURIs: http://one.example/debian http://two.example/debian\n";
    expect(mirrorIn(text)).toBe("http://one.example/debian");
  });

  test("of a file with one source a line, and not that of security updates", () => {
    const text = [
      "# deb http://old.example/debian bookworm main",
      "deb http://security.example/debian-security bookworm-security main",
      "deb [signed-by=/a.gpg arch=amd64] http://one.example/debian bookworm main",
    ].join("\n");
    expect(mirrorIn(text)).toBe("http://one.example/debian");
  });

  test("of a file without any", () => {
    expect(mirrorIn("# empty\n")).toBeUndefined();
  });
});

test("another recipe has another digest, and the same recipe the same", () => {
  const recipe = { packages: ["curl", "sudo"], cleanUp: "apt-get clean" };
  expect(recipeDigest(structuredClone(recipe))).toBe(recipeDigest(recipe));
  const digests = [recipe, { ...recipe, packages: ["curl"] }, { ...recipe, cleanUp: "" }].map(recipeDigest);
  expect(new Set(digests).size).toBe(3);
  expect(digests[0]).toMatch(/^[0-9a-f]{10}$/);
});

describe("the cache", () => {
  let cache: string;
  beforeEach(() => {
    cache = mkdtempSync(path.join(os.tmpdir(), "linuxnet-cache-"));
    vi.stubEnv("LINUXNET_CACHE", cache);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(cache, { recursive: true });
  });

  const visible = () => readdirSync(cache).filter((name) => !name.startsWith("."));

  test("is where it is told to be, or in the user's cache", () => {
    expect(cacheFolder()).toBe(cache);
    vi.stubEnv("LINUXNET_CACHE", "");
    vi.stubEnv("XDG_CACHE_HOME", "/var/cache/user");
    expect(cacheFolder()).toBe("/var/cache/user/linuxnet");
    vi.stubEnv("XDG_CACHE_HOME", "");
    expect(cacheFolder()).toBe(path.join(os.homedir(), ".cache/linuxnet"));
  });

  test("builds once, however many ask at the same time", async () => {
    let builds = 0;
    const build = async (folder: string) => {
      builds++;
      mkdirSync(folder);
      await new Promise((resolve) => setTimeout(resolve, 50));
      writeFileSync(path.join(folder, "whole"), "");
    };
    const folders = await Promise.all([1, 2, 3].map(() => ensureCached("thing", build)));
    expect(folders).toEqual(Array(3).fill(path.join(cache, "thing")));
    expect(builds).toBe(1);
    expect(existsSync(path.join(cache, "thing/whole"))).toBe(true);
  });

  test("keeps nothing of a build that fails, or whose builder died, and builds again", async () => {
    const fail = (folder: string) => {
      mkdirSync(folder);
      return Promise.reject(new Error("no space left"));
    };
    await expect(ensureCached("thing", fail)).rejects.toThrow("no space left");
    expect(visible()).toEqual([]);

    mkdirSync(path.join(cache, "thing.partial-1"));
    mkdirSync(path.join(cache, "other.partial-1"));
    await ensureCached("thing", (folder) => {
      mkdirSync(folder);
      return Promise.resolve();
    });
    expect(visible().sort()).toEqual(["other.partial-1", "thing"]);
  });

  test("has no root of an unknown suite", async () => {
    await expect(ensureDebianRoot("buster")).rejects.toThrow(
      'There is no suite "buster"; known are bullseye, bookworm, trixie, sid.',
    );
    expect(visible()).toEqual([]);
  });
});

describe("QEMU's arguments", () => {
  const image = { kernel: "/i/kernel", initrd: "/i/initrd", disk: "/i,j/disk.img", key: "/i/key", hostKeys: "/i/keys" };
  const machine = { image, name: "vm1", machineId: "0".repeat(32), memory: 512, consoleLog: "/f/console.log" } as const;
  const after = (argv: readonly string[], option: string) => argv[argv.indexOf(option) + 1];

  test("with a network of its own", () => {
    const argv = qemuCommand({ ...machine, interfaceNames: "eth0", network: { sshPort: 2222 } });
    expect(after(argv, "-netdev")).toBe("user,id=net,hostfwd=tcp:127.0.0.1:2222-:22");
    expect(after(argv, "-append")).toMatch(/ net\.ifnames=0 systemd\.hostname=vm1 /);
    expect(after(argv, "-append")).not.toContain("linuxnet.address");
    expect(after(argv, "-m")).toBe("512");
    // A comma in a path does not end the option, and nothing is ever written to the image.
    expect(after(argv, "-drive")).toBe("file=/i,,j/disk.img,if=virtio,format=raw,snapshot=on");
  });

  test("on a wire", () => {
    const network = {
      tap: "to-vm1",
      script: "/f/connect",
      macAddress: "02:00:0a:00:0c:15",
      addresses: ["10.0.12.21/22", "fd00:12::21/64"],
      gateways: ["10.0.12.1"],
    };
    const argv = qemuCommand({ ...machine, interfaceNames: "systemd", network });
    expect(after(argv, "-netdev")).toBe("tap,id=net,ifname=to-vm1,script=/f/connect,downscript=no");
    expect(argv).toContain("virtio-net-pci,netdev=net,romfile=,mac=02:00:0a:00:0c:15");
    const wire = "linuxnet.address=10.0.12.21/22 linuxnet.address=fd00:12::21/64 linuxnet.gateway=10.0.12.1";
    expect(after(argv, "-append")).toContain(wire);
    expect(after(argv, "-append")).toContain("net.ifnames=1");
  });
});
