import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createLocalTransport } from "../../provider/transport/local.js";
import { type LifeOfKind, allCases, livesOf } from "../kinds/index.js";
import { TestResource } from "../test-resource.js";
import { clearHost } from "./clear-host.js";
import { restorePrograms, hidePrograms, useBusyBoxIp } from "./programs.js";
import { TestHost } from "./test-host.js";

let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
});
afterAll(() => host.stop());
afterEach(() => {
  makeFit();
  host.sh(clearHost);
});

const makeFit = () => restorePrograms(host);

/** One life cycle of each kind. */
const kinds = allCases().flatMap((cases) => livesOf([cases]).slice(0, 1));
const byRules = kinds.filter(({ kind }) => kind === "MasqueradeRule" || kind === "PortForward");
const byIp = kinds.filter((life) => !byRules.includes(life) && life.kind !== "Sysctl");

/** Expects that the resource is refused with this advice, and that the host is unchanged. */
async function expectRefused(
  { kind, around = "true", made }: LifeOfKind,
  unfit: () => void,
  advice: RegExp,
  resources: Pick<TestHost, "transport"> = host,
) {
  host.sh(around);
  const before = host.dump();
  unfit();
  const error = (await new TestResource(resources, kind, "own").up(made).catch((error: unknown) => error)) as Error;
  expect(error.message.split("\n").at(-1)?.replace("  → ", "")).toMatch(advice);
  makeFit();
  expect(host.dump()).toBe(before);
}

describe.each(byIp)("$kind", (life) => {
  test("on a host without ip", () =>
    expectRefused(life, () => hidePrograms(host, "ip"), /^Install the package iproute2 \(5\.5 or newer\)\.$/));

  test("on a host whose ip is BusyBox's", () =>
    expectRefused(life, () => useBusyBoxIp(host), /^Install the package iproute2 on the host\.$/));
});

describe.each(byRules)("$kind", (life) => {
  test("on a host without iptables", () =>
    expectRefused(
      life,
      () => hidePrograms(host, "*tables*", "nft"),
      /^Install the package iptables \(1\.8\.4 or newer\)\.$/,
    ));
});

describe.each(kinds)("$kind", (life) => {
  test("for a user without the right to it", async () => {
    const shell = host.argv("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "/bin/sh");
    const transport = createLocalTransport({ kind: "local", name: "kernel", sudo: false }, { shell });
    try {
      const needed =
        /needs root: log in as root, or set `sudo: true` .*sudoers line `USER ALL=\(root\) NOPASSWD: \/bin\/sh`/;
      await expectRefused(life, () => undefined, needed, { transport });
    } finally {
      await transport.close();
    }
  });
});
