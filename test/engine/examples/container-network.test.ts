import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Example } from "../example.ts";

let example: Example;
beforeAll(async () => {
  example = await Example.start("container-network");
});
afterAll(() => example.stop());

const published = { ipv4: "10.0.12.15:8080", ipv6: "[fd00:12::15]:8080" };
const containers = ["web", "app", "cache", "db", "tenant1", "tenant2"];

/** Who answers at this URL, asked from a host or one of its containers; "" if nobody does. */
const answer = (url: string, host: string, namespace?: string) =>
  example.said(host, `curl -g -s -m 1 'http://${url}'`, namespace);

/** The same for several URLs at once: `[url, host, namespace]`. */
const answers = (asked: readonly (readonly [url: string, host: string, namespace?: string])[]) =>
  Promise.all(asked.map((each) => answer(...each)));

const addressesOf = async (namespace: string) =>
  (await example.sh("host1", "ip -o addr show dev eth0 scope global", namespace))
    .split("\n")
    .map((line) => line.split(/ +/)[3]);

async function bridgeNetfilter(value: 0 | 1): Promise<void> {
  const keys = ["iptables", "ip6tables"].map((program) => `net.bridge.bridge-nf-call-${program}=${value}`);
  await example.sh("host1", `modprobe -q br_netfilter; sysctl -qw ${keys.join(" ")}`);
}

const servers = (names: readonly string[]) =>
  Promise.all(names.map((namespace) => example.lab.startWeb("host1", { namespace, port: 80 }, namespace)));

describe.sequential("container networks in one statement each", () => {
  test("the children are the ordinary resources, below their component", async () => {
    expect(await example.up()).toEqual({ create: 25 });
    await servers(containers);
    const resources = Object.values(await example.stack.resources());
    const children = resources.flatMap(({ urn }) => /\$pulumi-nodejs:dynamic\/linuxnet:(.+)$/.exec(urn)?.[1] ?? []);
    expect(children.sort()).toEqual(
      [
        ...["lan", "backend", "tenants"].map((network) => `Bridge::${network}-bridge`),
        "MasqueradeRule::lan-masquerade",
        "MasqueradeRule::lan-masquerade-ipv6",
        "MasqueradeRule::tenants-masquerade",
        "PortForward::lan-web-tcp-8080",
        "PortForward::lan-web-tcp-8080-ipv6",
        "PortForward::tenants-tenant1-tcp-8081",
        "PortForward::tenants-tenant2-tcp-8082",
        ...["lan-web", "lan-app", "lan-cache", "backend-db", "backend-web"].map((veth) => `Veth::${veth}`),
        ...["tenants-tenant1", "tenants-tenant2"].map((veth) => `Veth::${veth}`),
      ].sort(),
    );
    // The source position of a resource is a line of the program.
    const made = resources.filter(({ urn }) => /::(lan-bridge|backend-db|lan-web-tcp-8080)$/.test(urn));
    expect(made.map(({ sourcePosition }) => sourcePosition)).toEqual(
      made.map((): unknown => expect.stringMatching(/\/index\.ts#\d+/)),
    );
    expect(made).toHaveLength(3);
  });

  test("addresses are those of the names, in both families", async () => {
    expect(await addressesOf("web")).toEqual(["10.77.0.218/24", "fd00:77::5ea0:e119:4872:1ef2/64"]);
    expect(await addressesOf("db")).toEqual(["10.78.0.10/24"]);
    const { output } = await example.stack.succeed(
      "stack",
      "output",
      "addresses",
      "--json",
      "--stack",
      example.stack.name,
    );
    expect(JSON.parse(output)).toMatchObject({ web: ["10.77.0.218", "fd00:77::5ea0:e119:4872:1ef2"] });
  });

  test("the page shows what is there", () => example.expectShown());

  test("containers reach each other and other hosts", async () => {
    const [app, app6] = (await addressesOf("app")).map((address) => address!.split("/")[0]!);
    const reached = [app!, app6!, "10.0.12.11", "fd00:12::11"];
    expect(await Promise.all(reached.map((address) => example.reaches("host1", address, "web")))).toEqual(
      reached.map(() => true),
    );
  });

  test.each(["ipv4", "ipv6"] as const)(
    "the published port answers another host, its own, a neighbour and itself, by %s",
    async (family) => {
      const url = published[family];
      for (const value of [1, 0] as const) {
        await bridgeNetfilter(value);
        const from = [
          [url, "host2"],
          [url, "host1"],
          [url, "host1", "app"],
          [url, "host1", "web"],
        ] as const;
        expect(await answers(from)).toEqual(["web", "web", "web", "web"]);
      }
      await bridgeNetfilter(1);
    },
  );

  test("without icc, containers reach the world, and are reached by their published ports, but not from their own bridge", async () => {
    expect(await example.reaches("host1", "10.0.12.11", "tenant1")).toBe(true);
    expect(
      await answers([
        ["10.0.12.15:8081", "host2"],
        ["10.0.12.15:8081", "host1"],
        ["10.0.12.15:8082", "host1", "web"],
      ]),
    ).toEqual(["tenant1", "tenant1", "tenant2"]);
    const neighbour = [
      ["10.79.0.12", "host1", "tenant1"],
      ["10.79.0.11", "host1", "tenant2"],
    ] as const;
    expect(await answers(neighbour)).toEqual(["", ""]);
    expect(
      await answers([
        ["10.0.12.15:8082", "host1", "tenant1"],
        ["10.0.12.15:8081", "host1", "tenant1"],
      ]),
    ).toEqual(["", ""]);
    // If the kernel does not pass bridged packets to the rules, the host takes the request and forwards it with its own
    // address.
    await bridgeNetfilter(0);
    expect(await answers(neighbour)).toEqual(["", ""]);
    expect(
      await answers([
        ["10.0.12.15:8082", "host1", "tenant1"],
        ["10.0.12.15:8081", "host1", "tenant1"],
      ]),
    ).toEqual(["tenant2", "tenant1"]);
    await bridgeNetfilter(1);
  });

  test("an internal network has no way out and none in, and its containers reach each other", async () => {
    expect(
      await answers([
        ["10.78.0.10", "host1", "web"],
        ["10.78.0.20", "host1", "db"],
      ]),
    ).toEqual(["db", "web"]);
    await example.sh("host2", "ip route add 10.78.0.0/24 via 10.0.12.15");
    expect(
      await answers([
        ["10.78.0.10", "host1"],
        ["10.78.0.10", "host2"],
        ["10.78.0.10", "host1", "app"],
      ]),
    ).toEqual(["", "", ""]);
    await example.sh("host2", "ip route del 10.78.0.0/24");
    const out = ["10.0.12.11", "10.0.12.15", "10.77.0.1", "10.77.0.218"];
    expect(await Promise.all(out.map((address) => example.reaches("host1", address, "db")))).toEqual(
      out.map(() => false),
    );
  });

  test("a second up and a refresh find nothing to do", () => example.expectSettled());

  test("a container that goes changes nothing of the others, and comes back as it was", async () => {
    const all = () => Promise.all(["web", "app", "cache"].map(addressesOf));
    const before = await all();
    expect(await example.up({ containers: "web cache" })).toEqual({ same: 23, delete: 2 });
    expect(await Promise.all(["web", "cache"].map(addressesOf))).toEqual([before[0], before[2]]);
    expect(await example.up({ containers: "cache web app" })).toEqual({ same: 23, create: 2 });
    expect(await all()).toEqual(before);
    expect(await answer(published.ipv4, "host1", "app")).toBe("web");
  });

  test("destroyed, the hosts are as before", () => example.expectLeavesNothing());
});
