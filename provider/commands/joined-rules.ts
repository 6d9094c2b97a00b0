/** Joins several questions about rules into one, and several changes: each reads or writes whole tables. */
import type { Command, CommandResult, Joining, PartResult } from "../transport/transport.js";
import { newerVersionCheck, olderVersionFilter } from "./older-nft.js";

/** A question whose reply is shared by all askers; each finds its own part in it. */
interface Question extends Joining {
  readonly base: Command;
  /** Arguments that extend the reply. */
  readonly more: readonly (readonly string[])[];
}

/** A question to which each asker adds arguments that extend the reply. */
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

/** The lines for one table in the input of iptables-restore(8). */
export interface Section {
  readonly table: string;
  readonly lines: readonly string[];
}

interface Transaction extends Joining {
  readonly program: readonly string[];
  readonly sections: readonly Section[];
}

/** A change of rules by iptables-restore, in one transaction per table. */
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
 * Runs lines of nft(8). Afterwards, if the change may have removed the last object of the table, it removes the empty
 * table. If the lines fail, it checks whether nft is older than 1.0 and then runs the lines for those versions.
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
  /** Lines that bring the table into the state that every change relies on. */
  readonly base: readonly string[];
  readonly lines: readonly string[];
  /** Whether it may remove the last object in the table. */
  readonly last: boolean;
}

/** A change of nft's table, in one transaction however many changes are joined. `shell`: where the script runs. */
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
  // One table may have been changed and the next one not: it is unknown whose lines failed.
  return commands.map(() => "unknown");
}
