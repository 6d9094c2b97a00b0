/**
 * The nft table on a host whose nft is older than 1.0: what no map can hold there becomes a rule, without any visible
 * difference.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { TestResource } from "../test-resource.js";
import { restorePrograms, hidePrograms } from "./programs.js";
import { ask, serve } from "./traffic.js";
import { TestHost } from "./test-host.js";
import { withToolsOf } from "./test-machine.js";

let host: TestHost;
afterEach(() => host.stop());

const tables = () => host.sh("nft list tables");
const chain = (name: string) =>
  host
    .sh(`nft list chain inet linuxnet ${name}`)
    .split("\n")
    .flatMap((line) => /^\t\t(\S.*) comment /.exec(line)?.[1] ?? []);
const named = (name: string, stack?: string) => new TestResource(host, "PortForward", name, stack);

describe("with the nft of Debian 11", () => {
  beforeEach(async () => {
    host = await TestHost.start(await withToolsOf("bullseye"));
    host.firewall = "nftables";
    expect(host.sh("nft --version")).toContain("nftables v0.9.8 ");
  });

  describe.each([
    { family: "IPv4", v: 4, ip: "ip", target: "10.1.0.2", at: "10.1.0.2", listen: "192.0.2.1", other: "192.0.2.2" },
    { family: "IPv6", v: 6, ip: "ip6", target: "fd00::2", at: "[fd00::2]", listen: "fd00:1::1", other: "fd00:1::2" },
  ])("$family", ({ v, ip, target, at, listen, other }) => {
    const forward = { protocol: "tcp", listenPort: 80, targetAddress: target, targetPort: 8080 };
    const to = `tcp dport 80 dnat ${ip} to ${at}:8080`;
    const kinds: [string, object, string, string][] = [
      ["of one address", { listenAddress: listen }, `forwards_at${v}`, `${ip} daddr ${listen} ${to}`],
      ["by one interface", { inInterface: "eth0" }, `forwards_in${v}`, `iifname "eth0" ${to}`],
      [
        "of one address by one interface",
        { inInterface: "eth0", listenAddress: listen },
        `forwards_in_at${v}`,
        `iifname "eth0" ${ip} daddr ${listen} ${to}`,
      ],
    ];

    test.each(kinds)("a forward %s is a rule, and damage to it shows and is repaired", async (_, more, name, words) => {
      const wanted = { ...forward, ...more };
      const resource = named("own");
      const state = await resource.up(wanted);
      expect(chain(name)).toEqual([words]);
      expect(await resource.refresh()).toEqual(state);

      host.sh(`nft flush chain inet linuxnet ${name}`);
      expect(await resource.refresh()).toBeUndefined();
      await resource.up(wanted);
      const damages: [string, string[]][] = [
        [`add rule inet linuxnet ${name} ${words} comment "${resource.mark}"`, ["rules"]],
        [`insert rule inet linuxnet ${name} counter comment "${resource.mark}"`, ["rules"]],
        [
          `flush chain inet linuxnet ${name}; add rule inet linuxnet ${name} ${words.replace(":8080", ":8081")} comment "${resource.mark}"`,
          ["rules", "targetPort"],
        ],
      ];
      for (const [damage, shows] of damages) {
        host.sh(`nft '${damage}'`);
        await resource.refresh();
        const changes = resource.changes(wanted);
        for (const property of shows) expect([damage, changes]).toEqual([damage, expect.arrayContaining([property])]);
        await resource.up(wanted);
        expect([damage, chain(name)]).toEqual([damage, [words]]);
      }
      await resource.down();
      expect(tables()).toBe("");
    });

    test("another stack's is named; another address is in nobody's way; with adopt the forward has it", async () => {
      await named("theirs", "prod").up({ ...forward, listenAddress: listen });
      await named("range", "prod").up({ ...forward, listenPort: "90-99", targetPort: 190, listenAddress: listen });
      const held = (port: number, by: string) =>
        `listenPort ${port} is held by PortForward "${by}" of the stack shop/prod; nothing was changed for this resource`;
      const web = named("web");
      const wanted = { ...forward, targetPort: 81, listenAddress: listen };
      await expect(web.up(wanted)).rejects.toThrow(held(80, "theirs"));
      await expect(web.up({ ...wanted, listenPort: 95 })).rejects.toThrow(held(95, "range"));
      await named("there").up({ ...forward, listenAddress: other });
      await named("there95").up({ ...forward, listenPort: 95, listenAddress: other });
      await web.up({ ...wanted, adopt: true });
      const rules = chain(`forwards_at${v}`).filter((rule) => rule.includes(`${listen} tcp dport 80 `));
      expect(rules).toEqual([expect.stringMatching(/:81$/)]);
      expect(await web.refresh()).toMatchObject(wanted);
    });

    test("a renamed one has it when the former one has gone", async () => {
      const wanted = { ...forward, listenAddress: listen };
      const before = named("before");
      await before.up({ ...wanted, targetPort: 81 });
      const after = named("after");
      await after.up(wanted);
      await before.down();
      expect(chain(`forwards_at${v}`)).toEqual([`${ip} daddr ${listen} ${to}`]);
      await after.refresh();
      expect(after.changes(wanted)).toEqual([]);
      await after.down();
      expect(tables()).toBe("");
    });

    test("many at once", async () => {
      const all = Array.from({ length: 40 }, (_, n) => ({
        resource: named(`web${n}`),
        wanted: { ...forward, listenPort: 8000 + n, ...(n % 2 === 0 ? { listenAddress: listen } : {}) },
      }));
      await Promise.all(all.map(({ resource, wanted }) => resource.up(wanted)));
      expect(chain(`forwards_at${v}`)).toHaveLength(20);
      await Promise.all(all.map(({ resource }) => resource.refresh()));
      expect(all.flatMap(({ resource, wanted }) => resource.changes(wanted))).toEqual([]);
      await Promise.all(all.map(({ resource }) => resource.down()));
      expect(tables()).toBe("");
    });
  });

  test("the forward that says more counts, whichever was made first", async () => {
    const end = (name: string, port: string, number: number) => `
      ip netns add ${name}; ip link add ${port} type veth peer name eth0 netns ${name}
      ip link set ${port} up; ip -n ${name} link set lo up; ip -n ${name} link set eth0 up
      ip address add 10.${number}.0.1/24 dev ${port}; ip -n ${name} address add 10.${number}.0.2/24 dev eth0
      ip -n ${name} route add default via 10.${number}.0.1`;
    const boxes = ["all", "at", "in", "in_at"];
    host.sh(["set -e", end("outside", "out0", 1), ...boxes.map((box, n) => end(box, `${box}0`, n + 2))].join("\n"));
    host.sh("ip address add 10.1.0.9/24 dev out0");
    await Promise.all(boxes.map((box) => serve(host, box, 80, box)));
    const forward = (box: string, more: object = {}) =>
      named(box).up({
        protocol: "tcp",
        listenPort: 8000,
        targetAddress: `10.${boxes.indexOf(box) + 2}.0.2`,
        targetPort: 80,
        ...more,
      });
    const answers = () => ["10.1.0.1", "10.1.0.9"].map((to) => ask(host, "outside", "tcp", to, 8000).split(" ")[0]);
    await forward("all");
    expect(answers()).toEqual(["all", "all"]);
    await forward("at", { listenAddress: "10.1.0.9" });
    expect(answers()).toEqual(["all", "at"]);
    expect(ask(host, undefined, "tcp", "10.1.0.9", 8000)).toMatch(/^at /);
    await forward("in", { inInterface: "out0" });
    expect(answers()).toEqual(["in", "in"]);
    await forward("in_at", { inInterface: "out0", listenAddress: "10.1.0.9" });
    expect(answers()).toEqual(["in", "in_at"]);
    expect(ask(host, undefined, "tcp", "10.1.0.1", 8000)).toMatch(/^all /);
  });
});

test.each([
  ["Debian 11", "bullseye"],
  ["this machine", undefined],
])("what nft refuses is said in its words, and nothing is changed: %s", async (_, debian) => {
  host = await TestHost.start(debian === undefined ? undefined : await withToolsOf(debian));
  host.firewall = "nftables";
  host.sh("nft 'add table inet linuxnet; add chain inet linuxnet output { type filter hook input priority 5 ; }'");
  const before = host.sh("nft list ruleset");
  const up = named("own").up({ protocol: "tcp", listenPort: 80, targetAddress: "10.1.0.2" });
  const { message } = (await up.catch((error: unknown) => error)) as Error;
  const [, line] =
    /: \/dev\/stdin:(\d+):\S+ Error: Could not process rule: Operation not supported\n/.exec(message) ?? [];
  const lines = message.match(/^ {2}\| .*/gm) ?? [];
  expect(lines[Number(line) - 1]).toContain("add chain inet linuxnet output ");
  expect(host.sh("nft list ruleset")).toBe(before);
});

test("a table that was made by an older nft stays as it is where a newer one comes", async () => {
  host = await TestHost.start();
  host.firewall = "nftables";
  // An nft that refuses what versions before 1.0 refuse, and is otherwise the host's own.
  host.sh('mkdir -p /run/real && cp "$(command -v nft)" /run/real/nft');
  hidePrograms(host, "nft");
  host.sh(`cat >/usr/bin/nft <<'end'
#!/bin/sh
case $* in *" . inet_proto . inet_service : "*) exit 1 ;; "-f -") ;; *) exec /run/real/nft "$@" ;; esac
lines=$(cat)
if printf '%s\\n' "$lines" | grep -v '^#' | grep -q -e ' . inet_proto . inet_service : ' -e 'dnat ip6* to .* map '; then
  echo "Error: datatype mismatch" >&2
  exit 1
fi
printf '%s\\n' "$lines" | exec /run/real/nft -f -
end
chmod +x /usr/bin/nft`);
  const one = {
    protocol: "tcp",
    listenPort: 80,
    targetAddress: "10.1.0.2",
    targetPort: 8080,
    listenAddress: "192.0.2.1",
  };
  const two = { ...one, listenPort: 81 };
  const moved = { ...one, listenPort: "90-91", targetPort: 190 };
  const [web, other, range] = [named("web"), named("other", "prod"), named("range")];
  await web.up(one);
  await range.up(moved);
  expect(chain("forwards_at4")).toHaveLength(1);
  restorePrograms(host);

  await web.refresh();
  await range.refresh();
  expect([...web.changes(one), ...range.changes(moved)]).toEqual([]);
  await other.up(two);
  expect(chain("forwards_at4")).toHaveLength(2);
  await web.refresh();
  expect(web.changes(one)).toEqual([]);
  await web.down();
  await range.down();
  await other.down();
  expect(tables()).toBe("");
  await other.up(two);
  expect(host.sh("nft list map inet linuxnet forwards_at4")).toContain("192.0.2.1 . tcp . 81");
});
