import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createLocalTransport } from "../../provider/transport/local.js";
import { lives } from "../lives.js";
import { ipvlanLives, macvlanLives } from "../stacked-lives.js";
import { vxlanLives } from "../vxlan-lives.js";
import { TestResource } from "../test-resource.js";
import { clearHost } from "./clear-host.js";
import { givePrograms, takePrograms } from "./programs.js";
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

const makeFit = () => {
  host.sh('umount --lazy "$(readlink -f "$(command -v ip)")" 2>/dev/null || true');
  givePrograms(host);
};

const missing = (program: string, ofPackage: string) =>
  new RegExp(`^The program ${program} is missing on the host: install the package ${ofPackage}\\.$`);

/** One life of each kind. */
const all = [...lives, ...macvlanLives, ...ipvlanLives, ...vxlanLives];
const kinds = all.filter(({ kind }, index) => index === all.findIndex((life) => life.kind === kind));
const byRules = kinds.filter(({ kind }) => kind === "MasqueradeRule" || kind === "PortForward");
const byIp = kinds.filter((life) => !byRules.includes(life) && life.kind !== "Sysctl");

/** The resource is refused with this advice, and nothing is there that was not before. */
async function expectRefused(
  { kind, around = "true", made }: (typeof lives)[number],
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
  test("on a host without ip", () => expectRefused(life, () => takePrograms(host, "ip"), missing("ip", "iproute2")));

  test("on a host whose ip is BusyBox's", () => {
    const unfit = () => host.sh('mount --bind "$(command -v busybox)" "$(readlink -f "$(command -v ip)")"');
    return expectRefused(
      life,
      unfit,
      /^The host's `ip` has no JSON output: it is BusyBox's.* Install the package iproute2\.$/,
    );
  });
});

describe.each(byRules)("$kind", (life) => {
  test("on a host without iptables", () =>
    expectRefused(
      life,
      () => takePrograms(host, "*tables*", "nft"),
      missing("ip6?tables-(?:save|restore)", "iptables"),
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
