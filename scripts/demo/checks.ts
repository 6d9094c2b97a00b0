import type { Lab } from "../../examples/lab/lab.ts";
import type { WebServer } from "../../examples/lab/web-server.ts";
import { DemoFailure, type Report } from "./report.ts";

/** The scenario's containers, each with a web server that answers with its name. */
export const webServers: readonly {
  readonly server: WebServer & { readonly namespace: string };
  readonly name: string;
  readonly address: string;
}[] = [1, 2, 3].map((number) => ({
  server: { namespace: `netns${number}`, port: 8080 },
  name: `container${number}`,
  address: `172.17.0.${100 + number}`,
}));

/** Checks the two-hosts network step by step, from inside the hosts, with the tools that a person would use. */
export async function checkScenario(lab: Lab, report: Report): Promise<void> {
  const check: Report["check"] = (label, work) => report.check(label, work);
  const host1 = lab.inventory().host1?.address ?? "";
  const host2 = lab.inventory().host2?.address ?? "";
  const [container1, container2] = webServers;
  if (!container1 || !container2) throw new DemoFailure("The scenario has no containers.");

  report.heading("1  A namespace each, with its loopback up");
  for (const { server, name } of webServers) {
    await check(`${server.namespace}: curl localhost:8080`, () =>
      curl(lab, "host1", server.namespace, "localhost:8080", name),
    );
  }

  report.heading("2, 3  Cables into one bridge: every container reaches every other");
  await check("host1: the cables' outer ends are in br0", async () => {
    const links = await json<{ ifname: string }>(lab, "host1", ["ip", "-json", "link", "show", "master", "br0"]);
    return same(
      links
        .map(({ ifname }) => ifname)
        .sort()
        .join(" "),
      "veth1-br veth2-br veth3-br",
    );
  });
  for (const from of webServers) {
    for (const to of webServers.filter((other) => other !== from)) {
      await check(`${from.server.namespace}: curl ${to.address}:8080`, () =>
        curl(lab, "host1", from.server.namespace, `${to.address}:8080`, to.name),
      );
    }
  }

  report.heading("4  The bridge's address puts host1 on the containers' network");
  await check("host1: main table", () => route(lab, ["table", "main"], "172.17.0.0/24", "br0"));
  await check("host1: local table", () => route(lab, ["table", "local", "type", "local"], "172.17.0.1", "br0"));

  report.heading("5  A default route in each container");
  for (const { server } of webServers) {
    await check(`${server.namespace}: default route`, async () => {
      const argv = ["ip", "-netns", server.namespace, "-json", "route", "show", "default"];
      const [found] = await json<{ gateway?: string }>(lab, "host1", argv);
      return same(`via ${found?.gateway ?? "nothing"}`, "via 172.17.0.1");
    });
  }
  await check(`netns1: ping ${host1}, host1's own address`, () => ping(lab, container1.server.namespace, host1));

  report.heading("6  host1 forwards");
  for (const key of ["net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"]) {
    await check(`host1: sysctl ${key}`, async () => same((await lab.exec("host1", ["sysctl", "-n", key])).stdout, "1"));
  }

  report.heading("7  The way out: masquerading");
  await check("host1: the rule in POSTROUTING", () =>
    rule(lab, "POSTROUTING", ["-s 172.17.0.0/24", "! -o br0", "-j MASQUERADE"]),
  );
  await check(`netns1: ping ${host2}, which knows no way back`, () => ping(lab, container1.server.namespace, host2));

  report.heading("8  The way in: a published port");
  await check("host1: the rule in PREROUTING", () =>
    rule(lab, "PREROUTING", ["! -i br0", "-p tcp", "--dport 8000", "-j DNAT --to-destination 172.17.0.101:8080"]),
  );
  const published = `${host1}:8000`;
  await check(`host2: curl ${published}`, () => curl(lab, "host2", undefined, published, container1.name));
  await check(`host1 itself: curl ${published}`, () => curl(lab, "host1", undefined, published, container1.name));
  for (const { server } of [container2, container1]) {
    await check(`${server.namespace}, a hairpin: curl ${published}`, () =>
      curl(lab, "host1", server.namespace, published, container1.name),
    );
  }
}

function same(seen: string, wanted: string): string {
  if (seen !== wanted) throw new DemoFailure(`wanted ${wanted}, saw ${seen || "nothing"}`);
  return seen;
}

async function curl(
  lab: Lab,
  host: string,
  namespace: string | undefined,
  target: string,
  wanted: string,
): Promise<string> {
  const { exitCode, stdout } = await lab.exec(
    host,
    [...within(namespace), "curl", "--silent", "--max-time", "3", target],
    { reject: false },
  );
  return same(exitCode === 0 ? stdout : `curl's exit code ${exitCode}`, wanted);
}

async function ping(lab: Lab, namespace: string, address: string): Promise<string> {
  const { exitCode, stdout } = await lab.exec("host1", [...within(namespace), "ping", "-c", "1", "-W", "3", address], {
    reject: false,
  });
  if (exitCode !== 0) throw new DemoFailure(stdout || `ping's exit code ${exitCode}`);
  return /time=[\d.]+ ms/.exec(stdout)?.[0] ?? "an answer";
}

async function route(lab: Lab, selection: readonly string[], destination: string, device: string): Promise<string> {
  const routes = await json<{ dst: string; dev?: string }>(lab, "host1", [
    "ip",
    "-json",
    "route",
    "show",
    ...selection,
  ]);
  if (!routes.some(({ dst, dev }) => dst === destination && dev === device)) {
    throw new DemoFailure(
      `wanted ${destination} dev ${device}, saw ${routes.map(({ dst, dev }) => `${dst} dev ${dev}`).join(", ")}`,
    );
  }
  return `${destination} dev ${device}`;
}

/** Checks that one rule of the chain contains all the words. Their order and further matches are up to the provider. */
async function rule(lab: Lab, chain: string, words: readonly string[]): Promise<string> {
  const { stdout } = await lab.exec("host1", ["iptables", "-t", "nat", "-S", chain]);
  if (!stdout.split("\n").some((line) => words.every((word) => line.includes(word)))) {
    throw new DemoFailure(`wanted ${words.join(" ")}, saw\n${stdout}`);
  }
  return words.join(" ");
}

async function json<Entry>(lab: Lab, host: string, argv: readonly string[]): Promise<Entry[]> {
  return JSON.parse((await lab.exec(host, argv)).stdout || "[]") as Entry[];
}

function within(namespace: string | undefined): string[] {
  return namespace === undefined ? [] : ["ip", "netns", "exec", namespace];
}
