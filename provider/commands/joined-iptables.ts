/** Several looks at the rules as one, and several changes of them: each reads or writes whole tables. */
import type { Command, CommandResult, Joining, Parted } from "../transport/transport.js";

/** A question whose reply is for all who ask: each finds its own in it. */
interface Question extends Joining {
  readonly base: Command;
  /** Arguments that let more into the reply. */
  readonly more: readonly (readonly string[])[];
}

/** A question to which each asker adds arguments that let more into the reply. */
export function joinedQuestion(base: Command, more: readonly (readonly string[])[]): Command {
  const joining: Question = { key: JSON.stringify(base.argv), base, more, join: joinQuestions, split: shareReply };
  return { ...base, argv: [...base.argv, ...more.flat()], joining };
}

function joinQuestions(commands: readonly Command[]): Pick<Command, "argv" | "stdin"> {
  const [{ base }] = commands.map(({ joining }) => joining as Question) as [Question];
  const more = commands.flatMap(({ joining }) => (joining as Question).more);
  const each = new Map(more.map((words) => [words.join(" "), words]));
  return { argv: [...base.argv, ...[...each.values()].flat()] };
}

function shareReply(result: CommandResult, commands: readonly Command[]): CommandResult[] {
  const shared = { ...result, asked: joinQuestions(commands) };
  return commands.map(() => shared);
}

/** The lines for one table in iptables-restore(8)'s input. */
export interface Section {
  readonly table: string;
  readonly lines: readonly string[];
}

interface Transaction extends Joining {
  readonly program: readonly string[];
  readonly sections: readonly Section[];
}

/** A change of rules by iptables-restore: a transaction for each table. */
export function joinedTransaction({ argv }: Command, sections: readonly Section[]): Command {
  const joining: Transaction = {
    key: JSON.stringify(argv),
    program: argv,
    sections,
    join: joinTransactions,
    split: settleTransactions,
  };
  return { argv, stdin: textOf(sections), joining };
}

function textOf(sections: readonly Section[]): string {
  return sections.flatMap(({ table, lines }) => [`*${table}`, ...lines, "COMMIT", ""]).join("\n");
}

function joinTransactions(commands: readonly Command[]): Pick<Command, "argv" | "stdin"> {
  const each = commands.map(({ joining }) => joining as Transaction);
  const sections = each.flatMap(({ sections }) => sections);
  const tables = [...new Set(sections.map(({ table }) => table))];
  const joined = tables.map((table) => ({
    table,
    lines: sections.filter((section) => section.table === table).flatMap(({ lines }) => lines),
  }));
  return { argv: each[0]!.program, stdin: textOf(joined) };
}

function settleTransactions(result: CommandResult, commands: readonly Command[]): Parted[] {
  if (result.exitCode === 0) return commands.map(() => result);
  // One table may be changed and the next one not: nobody knows whose lines it was about.
  return commands.map(() => "unknown");
}
