import { z } from "zod";
import { fact } from "../../provider/commands/command.js";
import { defineResource } from "../../provider/lifecycle/define-resource.js";
import { groupOf, markOf, protocolOf } from "../../provider/lifecycle/ownership.js";
import type { State, Task } from "../../provider/lifecycle/reconcile.js";
import type { Command } from "../../provider/transport/transport.js";
import { type FakeAnswer, type FakeTransport, createFakeTransport } from "../fake-transport.js";

/** A thing on the host below, as `look` shows it. */
export interface Thing {
  mark: string;
  size: number;
}

const owner = { project: "shop", stack: "dev", name: "one" };
/** The mark of the things that the tests create. */
export const mark = markOf("Thing", owner);

/** A minimal resource: one step creates it, another one sets its size. */
function defineThing(transactional: boolean) {
  return defineResource({
    kind: "Thing",
    description: "",
    properties: z.strictObject({ name: z.string(), size: z.number() }),
    outputs: {},
    needs: [],
    replaceOn: ["name"],
    deletedWith: [],
    traces: [],
    transactional,
    identify: ({ name }) => name,
    observe: ({ name }) => ({ thing: fact({ argv: ["look", name] }, (stdout) => JSON.parse(stdout) as Thing) }),
    interpret({ name }, { thing: { value } }, { marks }) {
      if (!value) return {};
      if (!marks.includes(value.mark)) {
        return {
          foreign: {
            property: "name",
            conflict: `held by ${value.mark}`,
            mark: value.mark,
            advice: "Choose another.",
            adoptable: true,
          },
        };
      }
      return { state: { name, size: value.size } };
    },
    plan: ({ name, size }, { thing: { value } }, context) => [
      ...(value ? [] : [{ argv: ["make", name, context.mark] }]),
      ...(value?.size === size ? [] : [{ argv: ["size", name, String(size)], stdin: `size ${size}\n` }]),
    ],
    remove: ({ name }, { thing: { value } }, { marks }) =>
      value && marks.includes(value.mark) ? [{ argv: ["unmake", name] }] : [],
  });
}

/** A fault of a command: an answer in place of the host's, or an exception; undefined: no fault. */
export type Fault = (command: Command, host: ThingHost) => FakeAnswer | undefined;

/** A host of things. Its programs fail like those of iproute2. */
export class ThingHost {
  readonly things = new Map<string, Thing>();
  readonly transport: FakeTransport;

  constructor(private readonly fault: Fault = () => undefined) {
    this.transport = createFakeTransport((command) => this.fault(command, this) ?? this.run(command));
  }

  /** What the program would really do. */
  run({ argv: [program, name, value] }: Command): FakeAnswer {
    const thing = this.things.get(name!);
    if (program === "make") {
      if (thing) return { exitCode: 2, stderr: "RTNETLINK answers: File exists\n" };
      this.things.set(name!, { mark: value!, size: 0 });
      return {};
    }
    if (!thing) return { exitCode: 1, stderr: `Device "${name}" does not exist.\n` };
    if (program === "look") return { stdout: `${JSON.stringify(thing)}\n` };
    if (program === "size") thing.size = Number(value);
    if (program === "unmake") this.things.delete(name!);
    return {};
  }

  /** The commands that were run, without `look`. */
  get changes(): string[] {
    return this.transport.commands.filter(({ argv }) => argv[0] !== "look").map(({ argv }) => argv.join(" "));
  }

  task(
    inputs: State = { name: "x", size: 3 },
    { transactional = false, recorded = undefined as State | undefined } = {},
  ): Task {
    return {
      definition: defineThing(transactional),
      inputs: { host: "host1", ...inputs },
      context: {
        owner,
        hostName: "host1",
        mark,
        marks: [mark],
        group: groupOf(owner),
        protocol: protocolOf(owner),
        firewall: "auto",
        adopt: false,
        recorded,
      },
      transport: this.transport,
      subject: { kind: "Thing", name: "one", host: "host1" },
    };
  }
}

/** A fault that occurs only once, at the first command that it applies to. */
export function once(fault: Fault): Fault {
  let over = false;
  return (command, host) => {
    if (over) return undefined;
    const answer = fault(command, host);
    over = answer !== undefined;
    return answer;
  };
}

/** A program that always fails. */
export const failing =
  (program: string, answer: FakeAnswer = { exitCode: 2, stderr: "Error: broken.\n" }): Fault =>
  ({ argv }) =>
    argv[0] === program ? answer : undefined;
