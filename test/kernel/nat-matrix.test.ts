/** Directions, backends and families of NAT with real traffic, and their table in docs/nat.md. */
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { TestResource } from "../test-resource.js";
import { type Backend, type Network, type TrafficPath, NatLab, backends, networks } from "./nat-lab.js";
import { type Direction, clientIn, directions, published } from "./nat-matrix.js";
import { NatTable, page } from "./nat-table.js";
import type { Protocol } from "./nat-traffic.js";

const columnOf = (backend: Backend, { family }: Network) => `${backend}, ${family}`;
const table = new NatTable(
  directions.map(({ title }) => title),
  backends.flatMap((backend) => networks.map((network) => columnOf(backend, network))),
);
const titleOf = (protocol: Protocol, { from, to, port }: TrafficPath) => `${protocol} ${from} → ${to} ${port}`;

describe.each(backends)("%s", (backend) => {
  let lab: NatLab;
  let before: string;
  let untouched: ReturnType<NatLab["traces"]>;
  beforeAll(async () => {
    lab = await NatLab.start(backend);
    before = lab.host.dump();
    untouched = lab.traces();
  });
  afterAll(() => lab.stop());

  const made: { resource: TestResource; inputs: Record<string, unknown> }[] = [];
  async function takeDown(): Promise<void> {
    const gone = made.splice(0).map(({ resource, inputs }) => {
      // What a failed create left is found by its mark.
      resource.state ??= resource.inputs(inputs);
      return resource.down();
    });
    await Promise.all(gone);
  }
  afterEach(takeDown);

  /** The answers to each of the direction's questions in each of its protocols, and the expected ones. */
  async function talk({ protocols, questions }: Direction, network: Network, when: "before" | "answer") {
    const each = protocols.flatMap((protocol) =>
      questions(network).map((question) => ({ protocol, question, expected: question[when] ?? "" })),
    );
    const answers = await Promise.all(
      each.map(({ protocol, question, expected }) => lab.ask(protocol, question, expected)),
    );
    const named = (texts: string[]) =>
      Object.fromEntries(each.map(({ protocol, question }, index) => [titleOf(protocol, question), texts[index]]));
    return { answers: named(answers), expected: named(each.map(({ expected }) => expected)) };
  }

  describe.each(networks.map((network) => [network.family, network] as const))("%s", (_, network) => {
    const column = columnOf(backend, network);
    const inputsOf = ({ kind, wanted }: Direction, protocol: Protocol) => ({
      ...wanted(network),
      ...(kind === "PortForward" && { protocol }),
    });
    const isRefused = ({ refused }: Direction) => refused?.[network.family] !== undefined;
    const named = (some: readonly Direction[]) => some.map((direction) => [direction.title, direction] as const);

    test.each(named(directions.filter((each) => !isRefused(each))))("%s", async (_, direction) => {
      const { kind, protocols, questions, bridgeNetfilter = true } = direction;
      lab.setBridgeNetfilter(bridgeNetfilter);
      const without = await talk(direction, network, "before");
      expect(without.answers).toEqual(without.expected);

      // A MasqueradeRule covers all protocols.
      for (const each of kind === "PortForward" ? protocols : protocols.slice(0, 1))
        made.push({ resource: new TestResource(lab.host, kind, each), inputs: inputsOf(direction, each) });
      await Promise.all(made.map(({ resource, inputs }) => resource.up(inputs)));
      const { settings, ...rules } = lab.traces();
      expect(Object.keys(rules).filter((each) => rules[each as Backend] !== "")).toEqual([backend]);
      const { answers, expected } = await talk(direction, network, "answer");
      expect(answers).toEqual(expected);
      const [main] = questions(network);
      const seen = protocols.map((protocol) => clientIn(answers[titleOf(protocol, main)]!, main, network));

      await takeDown();
      expect(lab.traces()).toEqual(untouched);
      table.record(direction.title, column, [...new Set(seen)].join(", "));
    });

    test.each(named(directions.filter(isRefused)))("%s: refused", (_, direction) => {
      const resource = new TestResource(lab.host, direction.kind, "refused");
      const problem = problemOf(() => resource.inputs(inputsOf(direction, "tcp")));
      expect(problem).toMatch(direction.refused![network.family]!);
      table.record(direction.title, column, "refused", problem);
    });
  });

  test("a guard keeps 127.0.0.1 from neighbours, who would reach it otherwise", async () => {
    const network = networks[0]!;
    const reach = (expected: string) => lab.ask("tcp", { from: "app", to: "127.0.0.1", port: 8081 }, expected);
    const setting = "net.ipv4.conf.lan0.route_localnet";
    lab.host.sh(`sysctl -qw ${setting}=1`);
    expect(await reach("host")).toBe(`host:8081 ${network.app}`);
    lab.host.sh(`sysctl -qw ${setting}=0`);

    const forward = new TestResource(lab.host, "PortForward", "web");
    const inputs = { ...published(network), protocol: "tcp", localhost: true };
    made.push({ resource: forward, inputs });
    await forward.up(inputs);
    expect(lab.host.sh(`sysctl -n ${setting}`)).toBe("1");
    expect(await reach("")).toBe("");
    await takeDown();
    expect(lab.traces()).toEqual(untouched);
  });

  test("nothing is left of all that", () => expect(lab.host.dump()).toBe(before));
});

test("docs/nat.md has the table of these results", async () => {
  const wanted = await table.intoPage();
  if (process.env.LINUXNET_WRITE === "1") writeFileSync(page, wanted);
  expect(readFileSync(page, "utf8")).toBe(wanted);
});

function problemOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}
