/** Extends a resource that has a folder under /etc/netns. */
import type { Command, Fact, Found } from "./command.js";
import type { NetnsFiles } from "./netns-files.js";
import {
  type NetnsFileContext,
  type NetnsFileInputs,
  netnsFilesQuestion,
  planNetnsFiles,
  recordedNetnsFiles,
  rememberNetnsFiles,
  removeNetnsFiles,
  interpretNetnsFiles,
} from "./netns-file-plan.js";

type State = Readonly<Record<string, unknown>>;
type Inputs = NetnsFileInputs & State;
interface Answers {
  readonly files?: Found<NetnsFiles>;
}
interface Seen {
  readonly state?: State | undefined;
  readonly foreign?: object | undefined;
  readonly warnings?: readonly string[] | undefined;
}

/** The functions of a resource that are extended here. */
interface Base {
  readonly replaceOn: readonly string[];
  readonly ordered?: readonly string[];
  readonly derive?: (inputs: never, context: never) => object;
  readonly observe: (inputs: never, context: never) => Readonly<Record<string, Fact<unknown> | undefined>>;
  readonly fast?: { readonly recordedAnswers?: (inputs: never, context: never) => object | undefined };
  readonly interpret: (inputs: never, answers: never, context: never) => Seen;
  readonly plan: (inputs: never, answers: never, context: never) => readonly Command[];
  readonly remove: (inputs: never, answers: never, context: never) => readonly Command[];
}

/** Adds the files of `dns`, `hosts` and `hostname` to a resource with a `name`. */
export function withNetnsFiles<D extends Base>(base: D): D {
  const added = {
    ordered: [...(base.ordered ?? []), "dns.servers", "dns.search", "dns.options"],
    derive: (inputs: Inputs, context: NetnsFileContext) => ({
      ...base.derive?.(inputs as never, context as never),
      nameFiles: "whole",
    }),

    observe(inputs: Inputs, context: NetnsFileContext) {
      const files = netnsFilesQuestion(inputs, context);
      // A delete asks more about a resource that is gone; while its files exist it does not count as gone.
      const known = files && context.inUse !== undefined ? { ...context, gone: true } : context;
      return { ...base.observe(inputs as never, known as never), ...(files && { files }) };
    },

    remember: (inputs: Inputs, { files }: Answers, context: NetnsFileContext) =>
      rememberNetnsFiles(inputs, files, context),

    fast: {
      ...base.fast,
      recordedAnswers(inputs: Inputs, context: NetnsFileContext) {
        const answers = base.fast?.recordedAnswers?.(inputs as never, context as never);
        return answers && { ...answers, files: { value: recordedNetnsFiles(inputs, context) } };
      },
    },

    interpret(inputs: Inputs, answers: Answers, context: NetnsFileContext): Seen {
      const { state, foreign, warnings = [] } = base.interpret(inputs as never, answers as never, context as never);
      const names = interpretNetnsFiles(inputs, answers.files, context);
      // Its path does not exist, either.
      const known = Object.fromEntries(base.replaceOn.map((property) => [property, inputs[property]]));
      const left = names.isThere ? { ...known, loopback: "missing" } : undefined;
      const there = state ?? left;
      return {
        state: there && { ...there, ...names.state },
        foreign: foreign ?? names.foreign,
        warnings: [...warnings, ...names.warnings],
      };
    },

    plan: (inputs: Inputs, answers: Answers, context: NetnsFileContext) => [
      ...base.plan(inputs as never, answers as never, context as never),
      ...planNetnsFiles(inputs, answers.files, context),
    ],

    remove: (inputs: Inputs, answers: Answers, context: NetnsFileContext) => [
      ...removeNetnsFiles(inputs, answers.files, context),
      ...base.remove(inputs as never, answers as never, context as never),
    ],
  };
  return { ...base, ...added };
}
