import { describe, expect, test, vi } from "vitest";
import { diff } from "../../provider/index.js";
import { catalogue } from "../../provider/resources/catalogue.js";
import { unknown } from "../kinds/diff-answers.js";
import { allCases } from "../kinds/index.js";
import type { Answer, Inputs } from "../kinds/kind-cases.js";

// A diff contacts no host.
const { transport } = vi.hoisted(() => ({ transport: vi.fn() }));
vi.mock("../../provider/transport/pool.js", () => ({ createPool: () => ({ transport }) }));

const host = { name: "web", address: "10.0.0.1" };

let last = "";

/**
 * Checked inputs, as the engine passes them on. A resource of another kind or with a new name is in another Pulumi run.
 */
async function inputsOf(kind: string, given: Inputs, name: string): Promise<Inputs & { mark: string }> {
  const now = `${kind} ${name}`;
  if (now !== last) vi.resetModules();
  last = now;
  const { check } = await import("../../provider/index.js");
  const { inputs, failures } = await check(
    {},
    { kind, owner: { project: "shop", stack: "dev", name }, host, ...given },
  );
  expect(failures).toEqual([]);
  return inputs as Inputs & { mark: string };
}

/** The answer to the engine for a resource with old and wanted inputs. */
async function answerFor(
  kind: string,
  old: Inputs,
  wanted: Inputs,
  newName = "one",
  found: Inputs = {},
): Promise<Answer> {
  const inputs = await inputsOf(kind, old, "one");
  // A create would have recorded these together with its inputs.
  const definition = catalogue.find((definition) => definition.kind === kind)!;
  const outputs = definition.derive?.(inputs, { mark: inputs.mark } as never);
  const news = await inputsOf(kind, wanted, newName);
  const olds = { ...inputs, ...outputs, ...found };
  const { changes, replaces, deleteBeforeReplace } = await diff("id", olds as never, news as never);
  expect(transport).not.toHaveBeenCalled();
  if (replaces.length > 0) {
    expect(changes).toBe(true);
    return { replaces: [...new Set(replaces)].sort(), deleteFirst: deleteBeforeReplace };
  }
  expect(deleteBeforeReplace).toBe(false);
  return changes ? "in place" : "same";
}

const byKind = allCases().map((cases) => [cases.kind, cases] as const);

describe.each(byKind)("%s", (kind, { diffs }) => {
  test.each(diffs)("%j → %j", async (old, wanted, answer) => {
    expect(await answerFor(kind, old, wanted)).toEqual(answer);
  });
});

const local = { name: "web", local: true };
const details = {
  name: "web",
  address: "10.0.0.2",
  user: "ops",
  port: 2222,
  sudo: true,
  privateKeyPath: "k",
  knownHostsPath: "h",
  connectTimeout: 5,
  machineId: "1f2e3d4c",
  deleteUnreachable: true,
};

// Defaults must not depend on how the host is reached.
describe.each(byKind)("%s", (kind, { least: given }) => {
  test.each<[unknown, unknown, Answer]>([
    [host, details, "same"],
    [host, local, "same"],
    [host, { ...host, address: unknown }, "same"],
    [{ address: "10.0.0.1" }, { address: "10.0.0.2", user: "ops" }, "same"],
    [{ address: "10.0.0.1" }, { address: unknown }, "same"],
  ])("how the host is reached is no reason: %j → %j", async (old, wanted, answer) => {
    expect(await answerFor(kind, { ...given, host: old }, { ...given, host: wanted })).toEqual(answer);
  });

  test.each<[unknown, unknown]>([
    [host, { ...host, name: "db" }],
    [{ address: "10.0.0.1" }, { name: "db", address: "10.0.0.1" }],
    [host, unknown],
  ])("another host is: %j → %j", async (old, wanted) => {
    const answer = await answerFor(kind, { ...given, host: old }, { ...given, host: wanted });
    expect(answer).toMatchObject({ replaces: ["host"] });
  });

  test("a new name in Pulumi is one in place", async () => {
    // With an explicit name on the host, which a rename by an alias requires.
    const { schema } = catalogue.find((definition) => definition.kind === kind)!;
    const named = "name" in schema.shape ? { name: "x", ...given } : given;
    expect(await answerFor(kind, named, named, "renamed")).toBe("in place");
  });
});

const masquerade = { source: "10.0.0.0/24", exceptOutInterface: "br0" };
const veth = { name: "a", peer: { name: "b" } };

test("what only a refresh finds is a difference: drift in outputs, a lost end", async () => {
  expect(await answerFor("Namespace", { name: "x" }, { name: "x" }, "one", { loopback: "down" })).toBe("in place");
  expect(await answerFor("MasqueradeRule", masquerade, masquerade, "one", { rules: [] })).toBe("in place");
  expect(await answerFor("Veth", veth, veth, "one", { peer: { name: "b", addresses: [], up: false } })).toBe(
    "in place",
  );
  expect(
    await answerFor("Sysctl", { key: "net.x.y", value: 1 }, { key: "net.x.y", value: 1 }, "one", { found: "0" }),
  ).toBe("same");
});
