/**
 * A stack that version 0.1.0 created, used with this version: there is nothing to do, and a destroy leaves the hosts as
 * they were before. `test/upgrade/record.ts` records what 0.1.0 did and wrote.
 */
import { rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Lab } from "../../examples/lab/lab.ts";
import { hostNames, importState, makeStack, rebuild, startAnew, startHosts } from "../upgrade/hosts.ts";
import { HostWatch } from "../upgrade/host-watch.ts";
import { makeConsumer } from "./consumer.ts";
import type { Outcome, Stack } from "./stack.ts";

/** How many resources 0.1.0 created. */
const size = 109;

/** For each kind, a change that can be made in place. */
const kindChanges = {
  martians: { value: "0" },
  ports: { value: "20000 30000" },
  box: { hostname: "rose" },
  found: { dns: { servers: ["10.0.12.3"] } },
  lan: { addresses: ["10.1.0.1/24", "fd00:1::1/64", "10.1.9.1/24"] },
  eth: { addresses: ["10.1.0.2/24", "fd00:1::2/64", "10.1.0.22/24"] },
  own: { addresses: ["10.1.0.41/24"] },
  tunnel: { remotes: ["10.0.12.78"] },
  via: { via: "10.1.0.3" },
  hole: { type: "unreachable" },
  policy: { table: "default" },
  out: { exceptDestinations: ["10.10.0.0/16"] },
  range: { targetPort: 9100 },
};
const changes = Object.fromEntries(
  ["one", "two"].flatMap((label) => Object.entries(kindChanges).map(([name, args]) => [`${label}-${name}`, args])),
);

let folder: string;
let lab: Lab;
let stack: Stack;
let before: string[];

beforeAll(async () => {
  folder = makeConsumer();
  lab = await startHosts(path.join(folder, "lab"));
  before = await looks();
  stack = await makeStack(lab, folder);
});
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true });
});

/**
 * Everything on a host that a stack can change, with the notes about its settings and the numbers of its interfaces.
 */
async function look(host: string): Promise<string> {
  const more = `for name in "" $(ls /run/netns 2>/dev/null); do
    echo "=== links of $name"
    ip \${name:+-n "$name"} -o link show | cut -d: -f1,2 | cut -d@ -f1
  done
  echo "=== notes"
  [ ! -e /run/linuxnet ] || grep -r "" /run/linuxnet | sort`;
  const { stdout } = await lab.exec(host, ["sh", "-ec", more]);
  return `${await lab.dump(host)}\n${stdout}`;
}
const looks = () => Promise.all(hostNames.map(look));

/**
 * The marks of 0.1.0 do not have the stack's id. The first `up` replaces them, and changes nothing else, in particular
 * no numbers and no addresses.
 */
const withoutMarks = (text: string) =>
  text
    .replaceAll(/linuxnet:[\w.:/@-]+/g, "MARK")
    .replaceAll(/LINUXNET-[0-9A-F]{12}/g, "CHAIN")
    // The group of a namespace's lo is part of its mark. 0.1.0 set none.
    .replaceAll(/"group":"(?:default|0|[5-9]\d{8}|10[0-7]\d{7})"/g, '"group":"LO OR NONE"')
    // A rule that gets another mark is recreated, after the others.
    .split("\n")
    // The mark of a file says what was there before it.
    .filter((line) => !/^\/etc\/netns\/[^:]*:#(?:\|| Original file, restored )/.test(line))
    .sort()
    .join("\n");

/**
 * Runs something, and checks that it changes only marks on each host, and that nothing is missing even for a moment.
 */
async function expectUntouched(body: () => Promise<void>): Promise<void> {
  const compared = async () => (await looks()).map(withoutMarks);
  const there = await compared();
  const watches = await Promise.all(hostNames.map((host) => HostWatch.start(lab, host)));
  try {
    await body();
    for (const watch of watches) expect(await watch.seen()).not.toMatch(/^Deleted/m);
  } finally {
    await Promise.all(watches.map((watch) => watch.stop()));
  }
  expect(await compared()).toEqual(there);
}

/** Checks that an operation had nothing to do, except for marks. */
function expectSame({ changes }: Outcome): void {
  const { same = 0, update = 0, ...others } = changes;
  expect({ same: same + update, ...others }).toEqual({ same: size });
}

/** Each test starts with the hosts and the state as 0.1.0 left them. */
describe.sequential("a stack of version 0.1.0", { timeout: 120_000 }, () => {
  let isFirst = true;
  beforeEach(async () => {
    if (!isFirst) await startAnew(lab);
    isFirst = false;
    await rebuild(lab);
    await importState(lab, folder, stack);
  });

  async function expectDestroyed(): Promise<void> {
    expect((await stack.destroy()).changes).toEqual({ delete: size });
    expect(await looks()).toEqual(before);
  }

  test("nothing is to be done after the upgrade, nothing is done, and destroy leaves the hosts as they were", async () => {
    const kinds = Object.values(await stack.resources()).map(({ type }) => type.split(":").at(-1));
    // All kinds that 0.1.0 had, except for Ipvlan, which was missing from the kernel that the stack was recorded on.
    expect([...new Set(kinds)].sort()).toEqual(
      "Bridge Macvlan MasqueradeRule Namespace PortForward Route Rule Sysctl Veth Vxlan".split(" "),
    );
    await expectUntouched(async () => {
      expectSame(await stack.preview());
      expectSame(await stack.up());
      expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: size });
      // The state has the connection to the inline host as a secret, so that host is not looked at.
      const linuxnet = path.join(folder, "node_modules/.bin/linuxnet");
      const { stdout, stderr } = await stack.shell([linuxnet, "orphans", "--stack", stack.name]);
      expect(`${stdout}${stderr}`).toMatch(/^No orphans of shop\/test@[0-9a-f]{10} on host1, host2\.$/m);
    });
    // Each mark has the stack's id by now. The numbers are still those derived from its names.
    const there = (await looks()).join("");
    expect(there.match(/linuxnet:(?!shop\/test@[0-9a-f]{10}\/)/)).toBe(null);
    expect(there).toContain('"group":"1182717934"');
    expect(there).toContain('"protocol":"125"');
    await expectDestroyed();
  });

  test("destroy comes first", expectDestroyed);

  test("a refresh comes first, then changes, and another life of each", async () => {
    await expectUntouched(async () => {
      expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: size });
    });
    await stack.succeed("config", "set", "--stack", stack.name, "changes", JSON.stringify(changes));
    expect((await stack.up()).changes).toEqual({ update: size });
    expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: size });
    // The file that a Namespace adopted would not be restored after this: it is in the state of the replaced resource.
    const resources = Object.entries(await stack.resources()).filter(([name]) => !name.endsWith("-found"));
    // Pulumi does not say what it replaces. A refresh before it shows the numbers that version 0.1.0 used.
    await stack.up("--refresh", ...resources.flatMap(([, { urn }]) => ["--replace", urn]));
    expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: size });
    await expectDestroyed();
  });
});
