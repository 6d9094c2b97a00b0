import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { run } from "../../provider/cli/program.js";
import { TransportError } from "../../provider/transport/transport.js";
import { type FakeAnswer, createFakeTransport } from "../fake-transport.js";
import { type Told, exported, listener, makeProject } from "./cli-stack.js";

/** Machines by their hosts' addresses: each with the names of its bridges, and their aliases. */
const machines = vi.hoisted(() => new Map<string, { id: string; bridges: Map<string, string> }>());
vi.mock("../../provider/transport/pool.js", () => ({
  createPool: () => ({
    transport: ({ name, address }: { name: string; address: string }) =>
      createFakeTransport(({ argv }) => answer(name, address, argv)),
    close: () => Promise.resolve(),
  }),
}));

function answer(name: string, address: string, argv: readonly string[]): FakeAnswer {
  const machine = machines.get(address);
  if (!machine) throw new TransportError("unreachable", "not-started", name, `Host ${name} cannot be reached.`);
  const line = argv.join(" ");
  if (line.includes("boot_id")) return { stdout: `${machine.id}\nnet:[1]\n` };
  if (argv[0] === "readlink") return { stdout: "net:[1]\n" };
  if (line.startsWith("sh -c # what each firewall")) return { stdout: "@nf_tables iptables 0 none open A FORWARD\n" };
  if (line.includes("link delete")) return { exitCode: machine.bridges.delete(argv.at(-1)!) ? 0 : 1 };
  if (!/ (address|link) show/.test(line)) return {};
  const links = [...machine.bridges].map(([ifname, ifalias], ifindex) => ({
    ifindex,
    ifname,
    ifalias,
    flags: [],
    mtu: 1500,
    group: "0",
    address: "",
    linkinfo: { info_kind: "bridge" },
    addr_info: [],
  }));
  const wanted = argv.includes("dev") ? links.filter(({ ifname }) => ifname === argv.at(-1)) : links;
  return argv.includes("dev") && wanted.length === 0
    ? { exitCode: 1, stderr: `Device "${argv.at(-1)}" does not exist.\n` }
    : { stdout: JSON.stringify(wanted) };
}

const markOf = (name: string, stack = "dev") => `linuxnet:shop/${stack}/Bridge/${name}`;
const at = (address: string) => ({ address });
const lan = exported("Bridge", "lan", "one", { name: "lan" });
const old = exported("Bridge", "old", "one", { name: "old" });

beforeEach(() => {
  machines.clear();
  machines.set("1.1.1.1", {
    id: "a",
    bridges: new Map([
      ["lan", markOf("lan")],
      ["old", markOf("old")],
      ["docker0", ""],
    ]),
  });
  machines.set("2.2.2.2", { id: "b", bridges: new Map([["lan", markOf("lan", "prod")]]) });
});
const bridges = () => [...machines.values()].map(({ bridges }) => [...bridges.keys()].join(" "));

async function orphans(told: Told, args: readonly string[] = [], answer?: () => string) {
  const folder = makeProject({ hosts: { one: at("1.1.1.1"), two: at("2.2.2.2") }, ...told });
  const terminal = listener(answer);
  const exitCode = await run(["orphans", "--cwd", folder, ...args], terminal);
  return { ...terminal, exitCode, calls: readFileSync(path.join(folder, "calls"), "utf8") };
}

describe("looking", () => {
  test("prints a line for each thing, and says what can be done", async () => {
    expect(await orphans({ states: [[lan]] })).toMatchObject({
      exitCode: 1,
      printed: "one  Bridge  old  interface old\n",
      said: "1 orphan can be removed: add --remove.\n",
    });
    expect(bridges()).toEqual(["lan old docker0", "lan"]);
  });

  test("prints data with --json, an empty list where there is nothing", async () => {
    const { printed } = await orphans({ states: [[lan]] }, ["--json"]);
    expect(JSON.parse(printed)).toEqual([
      {
        host: "one",
        kind: "Bridge",
        name: "old",
        mark: markOf("old"),
        what: "interface old",
        elsewhere: false,
        removable: true,
        removed: false,
        problem: null,
      },
    ]);
    expect(await orphans({ states: [[lan, old]] }, ["--json"])).toMatchObject({ exitCode: 0, printed: "[]\n" });
  });

  test("reads the state once more after the hosts: what was made meanwhile is in it", async () => {
    expect(await orphans({ states: [[lan], [lan, old]] })).toMatchObject({ exitCode: 0, printed: "" });
    // What was deleted in the meantime was in the first reading.
    expect(await orphans({ states: [[lan, old], [lan]] })).toMatchObject({ exitCode: 0, printed: "" });
  });

  test("what is being made, deleted or replaced counts as in the state", async () => {
    const both = [lan, { ...old, delete: true }];
    expect((await orphans({ states: [both] })).exitCode).toBe(0);
    const moved = { ...old, outputs: { mark: markOf("old"), host: "one", name: "new" } };
    expect((await orphans({ states: [[lan, moved]] })).exitCode).toBe(0);
  });

  test("refuses to judge a state with a kind that only a newer version knows, before any host is asked", async () => {
    const newer = exported("OfTomorrow", "new", "one", { name: "new" });
    machines.clear();
    expect(await orphans({ states: [[lan, newer]] }, ["--remove", "--yes"])).toMatchObject({
      exitCode: 2,
      printed: "",
      said: expect.stringMatching(
        /the state has a resource of the kind OfTomorrow, which this version of pulumi-linuxnet does not know: install/,
      ) as string,
    });
  });

  test("names what could not be looked at, with exit code 2", async () => {
    machines.delete("2.2.2.2");
    expect(await orphans({ states: [[lan, old]] })).toMatchObject({
      exitCode: 2,
      said: "two was not looked at: Host two cannot be reached.\nNo orphans of shop/dev on one.\n",
    });
    expect((await orphans({ states: [[lan]] })).exitCode).toBe(2);
    expect((await orphans({ states: [[lan, old]] }, ["one"])).exitCode).toBe(0);
    machines.clear();
    const none = await orphans({ states: [[lan, old]] });
    expect(none.exitCode).toBe(2);
    expect(none.said).not.toMatch(/No orphans/);
  });

  test("a host of the state that the inventory has no more is named, and what is on it may be anywhere", async () => {
    const hosts = { renamed: at("1.1.1.1") };
    const { exitCode, printed, said } = await orphans({ hosts, states: [[lan, old]] });
    expect([exitCode, printed]).toEqual([2, ""]);
    expect(said).toMatch(/^one was not looked at: .*not in the inventory/m);
  });

  test("one machine by two names is looked at as one", async () => {
    const hosts = { one: at("1.1.1.1"), also: at("3.3.3.3") };
    machines.set("3.3.3.3", machines.get("1.1.1.1")!);
    expect(await orphans({ hosts, states: [[lan, old]] })).toMatchObject({ exitCode: 0 });
    expect(await orphans({ hosts, states: [[lan, old]] }, ["also"])).toMatchObject({ exitCode: 0 });
    expect((await orphans({ hosts, states: [[lan]] })).printed.trimEnd().split("\n")).toHaveLength(1);
  });

  test("hosts that only the state has are looked at, and secret ones are named", async () => {
    const inline = exported("Bridge", "lan", { address: "1.1.1.1" }, { name: "lan" });
    expect((await orphans({ hosts: {}, states: [[inline]] })).printed).toBe("1.1.1.1  Bridge  old  interface old\n");
    const secret = exported("Bridge", "old", { ciphertext: "x" }, { name: "old" });
    expect(await orphans({ states: [[lan, secret]] })).toMatchObject({
      exitCode: 2,
      printed: "",
      said: expect.stringMatching(/a host of the state was not looked at: .*secret/) as string,
    });
  });
});

describe("removing", () => {
  const states = [[lan]];

  test("with --yes it removes what was found, and says so", async () => {
    expect(await orphans({ states }, ["--remove", "--yes"])).toMatchObject({
      exitCode: 0,
      printed: "one  Bridge  old  interface old (removed)\n",
      said: "Removed 1 of 1 orphan.\n",
      asked: [],
    });
    expect(bridges()).toEqual(["lan docker0", "lan"]);
  });

  test("asks where somebody is there, and takes nothing but a yes for one", async () => {
    for (const no of ["", "n", "yessir"]) expect((await orphans({ states }, ["--remove"], () => no)).exitCode).toBe(1);
    expect(bridges()).toEqual(["lan old docker0", "lan"]);
    const { exitCode, asked } = await orphans({ states }, ["--remove"], () => "y");
    expect([exitCode, asked]).toEqual([0, ["Remove 1 orphan of shop/dev? [y/N] "]]);
    expect(bridges()).toEqual(["lan docker0", "lan"]);
  });

  test("what came into the state while it asked stays", async () => {
    const { exitCode, printed } = await orphans({ states: [[lan], [lan], [lan, old]] }, ["--remove"], () => "y");
    expect([exitCode, printed]).toEqual([0, ""]);
    expect(bridges()).toEqual(["lan old docker0", "lan"]);
  });

  test("what came to the host while it asked is not what was agreed to", async () => {
    await orphans({ states }, ["--remove"], () => {
      machines.get("1.1.1.1")!.bridges.set("late", markOf("late"));
      return "y";
    });
    expect(bridges()).toEqual(["lan docker0 late", "lan"]);
  });

  test("without a terminal and without --yes it refuses before it looks", async () => {
    const terminal = listener();
    expect(await run(["orphans", "--cwd", "/nonexistent", "--remove"], terminal)).toBe(2);
    expect(terminal.said).toMatch(/no terminal to ask .*: add --yes/);
    expect(await run(["orphans", "--cwd", "/nonexistent", "--yes"], terminal)).toBe(2);
    expect(terminal.said).toMatch(/add --remove/);
  });
});

describe("--of", () => {
  const lost = ["--of", "shop/prod"];

  test("all that a lost stack has is an orphan, but what this one's state stands for", async () => {
    expect((await orphans({ states: [[lan, old]] }, lost)).printed).toBe("two  Bridge  lan  interface lan\n");
    const taken = {
      ...exported("Bridge", "lan", "two", { name: "lan" }),
      outputs: { mark: markOf("lan", "prod"), host: "two", name: "lan" },
    };
    expect((await orphans({ states: [[taken]] }, lost)).exitCode).toBe(0);
  });

  test("a stack with a state is refused, in this project or another, unless it is the selected one", async () => {
    const { exitCode, said } = await orphans({ stacks: ["dev", "prod"] }, lost);
    expect([exitCode, said]).toEqual([
      2,
      expect.stringMatching(/--of shop\/prod: this stack has a state: run `linuxnet orphans --stack prod`/),
    ]);
    expect((await orphans({ stacks: ["organization/other/prod"] }, ["--of", "other/prod"])).exitCode).toBe(2);
    expect((await orphans({ states: [[lan]] }, ["--of", "shop/dev"])).printed).toBe(
      "one  Bridge  old  interface old\n",
    );
  });

  test("it has to be a project and a stack", async () => {
    expect((await orphans({}, ["--of", "prod"])).said).toMatch(/--of prod: write the lost stack as PROJECT\/STACK/);
  });
});
