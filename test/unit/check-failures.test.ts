import { expect, test, vi } from "vitest";
import { check } from "../../provider/index.js";
import { allCases } from "../kinds/index.js";

// Whatever is wrong with the inputs, no host is contacted.
const { transport } = vi.hoisted(() => ({ transport: vi.fn() }));
vi.mock("../../provider/transport/pool.js", () => ({ createPool: () => ({ transport }) }));

const host = { address: "10.0.0.1" };

const refused = allCases().flatMap(({ kind, refused }) =>
  refused.map(([given, failures]) => [kind, given, failures] as const),
);

test.each(refused)("%s %j is refused", async (kind, given, expected) => {
  const { failures } = await check({}, { kind, owner: { project: "shop", stack: "dev", name: "one" }, host, ...given });
  expect(failures.map(({ property }) => property).sort()).toEqual(Object.keys(expected).sort());
  for (const { property, reason } of failures) {
    expect(reason).toMatch(expected[property]!);
    expect(reason.startsWith(property), "the reason names the property").toBe(true);
  }
  expect(transport).not.toHaveBeenCalled();
});

test.each([
  ["Namespace", "my namespace", {}],
  ["Bridge", "a-name-of-16-cha", {}],
  ["Veth", "all", { peer: { name: "veth1-br" } }],
  ["Macvlan", "lan of c1", { parent: "eth0" }],
])("%s: a Pulumi name that is no name for the kernel says what to do", async (kind, name, given) => {
  const { failures } = await check({}, { kind, owner: { project: "shop", stack: "dev", name }, host, ...given });
  expect(failures).toEqual([
    {
      property: "name",
      reason: expect.stringContaining(
        `(${JSON.stringify(name)} is the resource's name; set name to another)`,
      ) as string,
    },
  ]);
});

test.each<[unknown, RegExp]>([
  [undefined, /^host: has to be a name in the inventory/],
  [{}, /^host\.address: is missing; a host has an address, or `local: true`$/],
  [{ address: "a", passwort: "x" }, /^host\.passwort: is not a property of a host; did you mean password\?$/],
  [{ address: "a", user: "ro ot", jump: "-x" }, /^host\.jump: a host's name can't start with '-'$/],
  [
    "host1",
    /^the host host1 can't be reached: it is not in the inventory \(the stack configuration linuxnet:hosts is empty\)$/,
  ],
  [7, /^host: has to be a name in the inventory/],
])("host %j is refused", async (given, reason) => {
  const { failures } = await check(
    {},
    { kind: "Namespace", owner: { project: "shop", stack: "dev", name: "one" }, host: given },
  );
  expect(failures.map((failure) => failure.reason)).toEqual([expect.stringMatching(reason)]);
});
