/**
 * Records the replies of a real kernel and its tools, for the tests of parsers and plans: `npm run record` (as root,
 * with iproute2 and iptables). Each case has its own namespaces, which end with the process; the machine is not
 * changed.
 */
import type { FactTable } from "../../provider/commands/command.js";
import { TestHost } from "../kernel/test-host.js";
import { allCases } from "../kinds/index.js";
import type { PlanCase } from "../kinds/kind-cases.js";
import { TestResource } from "../test-resource.js";
import { failures } from "./classify-cases.js";
import { type ParseCase, parseCases } from "./parse-cases.js";
import { type Recording, type Reply, writeRecordings } from "./recording.js";

async function withHost<T>(body: (host: TestHost) => Promise<T>): Promise<T> {
  const host = await TestHost.start();
  try {
    return await body(host);
  } finally {
    await host.stop();
  }
}

async function ask(host: TestHost, argvs: readonly (readonly string[])[]): Promise<Reply[]> {
  const results = await host.transport.run({ commands: argvs.map((argv) => ({ argv, always: true })) });
  return results.map(({ exitCode, stdout, stderr }, index) => ({ argv: argvs[index]!, exitCode, stdout, stderr }));
}

async function record(host: TestHost, kind: string, { around, made, by, wanted }: PlanCase): Promise<Recording> {
  const resource = new TestResource(host, kind, "one");
  const { mark, group, protocol } = resource.task({}).context;
  const sh = (lines = "true") => host.sh(`set -e; MARK=${mark} GROUP=${group} PROTO=${protocol}\n${lines}`);
  sh(around);
  if (made) await resource.up(made);
  sh(by);
  const { definition, inputs, context } = resource.task(resource.inputs(wanted));
  const facts = Object.values(definition.observe(inputs as never, context) as FactTable);
  const argvs = facts.flatMap((fact) => (fact ? [fact.command.argv] : []));
  return { recorded: resource.state, replies: await ask(host, argvs) };
}

for (const { kind, plans } of allCases()) {
  const recordings: Record<string, Recording> = {};
  for (const planCase of plans) {
    try {
      recordings[planCase.title] = await withHost((host) => record(host, kind, planCase));
    } catch (error) {
      throw new Error(`${kind} ${planCase.title}`, { cause: error });
    }
  }
  await writeRecordings(kind, recordings);
}

async function recordReplies(name: string, cases: readonly (readonly [string, ParseCase])[]): Promise<void> {
  const replies: Record<string, Reply> = {};
  for (const [title, { around, argv }] of cases) {
    const [reply] = await withHost((host) => {
      host.sh(`set -e; ${around}`);
      return ask(host, [argv]);
    });
    replies[title] = reply!;
  }
  await writeRecordings(name, replies);
}

await recordReplies("parse", Object.entries(parseCases));
await recordReplies(
  "failures",
  failures.map(({ title, around = "true", argv }) => [title, { around, argv }]),
);
