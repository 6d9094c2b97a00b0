/** Several looks at the rules as one, and several changes of them: each reads or writes whole tables. */
import type { Command, CommandResult, Joining, PartResult } from "../transport/transport.js";
import { newerVersionCheck, olderVersionFilter } from "./older-nft.js";

/** A question whose reply is for all who ask: each finds its own in it. */
interface Question extends Joining {
  readonly base: Command;
  /** Arguments that let more into the reply. */
  readonly more: readonly (readonly string[])[];
}

/** A question to which each asker adds arguments that let more into the reply. */
export function joinedQuestion(base: Command, more: readonly (readonly string[])[]): Command {
  const joining: Question = { key: base.argv.join(" "), base, more, join: joinQuestions, split: shareReply };
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
    key: argv.join(" "),
    program: argv,
    sections,
    join: joinTransactions,
    split: splitTransactionResult,
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

/**
 * Reads lines of nft(8); afterwards, where something may have been the last of the table, it goes too. Where they fail, nft is asked
 * whether it is one of the versions before 1.0, which get theirs.
 */
export const tableScript = `# changes the table of nft
lines=$(cat)
said=$(printf '%s\\n' "$lines" | nft -f - 2>&1) || {
  code=$?
  if nft -c '${newerVersionCheck}' >/dev/null 2>&1; then
    printf '%s\\n' "$said" >&2
    exit $code
  fi
  printf '%s\\n' "$lines" | ${olderVersionFilter} | nft -f - || exit
}
[ "$1" = keep ] || nft list table inet linuxnet | grep -q 'comment "linuxnet:' || nft delete table inet linuxnet`;

interface TableChange extends Joining {
  readonly shell: Command;
  /** Lines that make the table what every change relies on. */
  readonly base: readonly string[];
  readonly lines: readonly string[];
  /** Whether it may have been the last that was in the table. */
  readonly last: boolean;
}

/** A change of the table of nft: one transaction, however many go together. `shell`: where the script runs. */
export function joinedTable(shell: Command, base: readonly string[], lines: readonly string[], last: boolean): Command {
  const key = `${shell.argv.join(" ")} nft`;
  const joining: TableChange = { key, shell, base, lines, last, join: joinTableChanges, split: splitTransactionResult };
  return { ...changeOfTable([joining]), joining };
}

function joinTableChanges(commands: readonly Command[]): Pick<Command, "argv" | "stdin"> {
  return changeOfTable(commands.map(({ joining }) => joining as TableChange));
}

function changeOfTable(changes: readonly TableChange[]): Pick<Command, "argv" | "stdin"> {
  const [{ shell, base }] = changes as [TableChange];
  const lines = [...base, ...changes.flatMap(({ lines }) => lines)];
  const mode = changes.some(({ last }) => last) ? "tidy" : "keep";
  return { argv: [...shell.argv, "-c", tableScript, "sh", mode], stdin: lines.map((line) => `${line}\n`).join("") };
}

function splitTransactionResult(result: CommandResult, commands: readonly Command[]): PartResult[] {
  if (result.exitCode === 0) return commands.map(() => result);
  // One table may be changed and the next one not: nobody knows whose lines it was about.
  return commands.map(() => "unknown");
}
