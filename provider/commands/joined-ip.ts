/** Joins several calls of `ip` into one: ip(8), -batch and -force; lib/utils.c, do_batch. */
import type { Command, CommandResult, Joining, PartResult } from "../transport/transport.js";
import { joiningOfRemoval } from "./joined-removals.js";

/** Words that mean the same in a batch line as in an argument list: no quotes, comments or continuations. */
const plainWord = /^[\w.:/@%+=,-]+$/;

/** The objects whose commands are joined, with the options that all questions about them share. */
const optionsOf: Readonly<Record<string, readonly string[]>> = {
  link: ["-d", "-j"],
  address: ["-d", "-j"],
  route: ["-N", "-d", "-j"],
  rule: ["-N", "-d", "-j"],
  netns: [],
};

/** A line of a joined call. */
interface Line extends Joining {
  /** The call with its options, the same for all of its lines. */
  readonly program: readonly string[];
  /** The arguments of this line: `route add default via 172.17.0.1`. */
  readonly words: readonly string[];
}

/**
 * How a call of `ip` can share a process with others, judging by its argument list: `ip -n NAMESPACE -4 OPTIONS…
 * WORDS…`.
 */
export function joiningOfIp(argv: readonly string[]): Joining | undefined {
  const namespace = argv[1] === "-n" ? argv.slice(1, 3) : [];
  const rest = argv.slice(1 + namespace.length);
  const words = rest.slice(rest.findIndex((arg) => !arg.startsWith("-")));
  const options = rest.slice(0, rest.length - words.length);
  const isFamily = (option: string) => option === "-4" || option === "-6";
  const [object = "", action] = words;
  const standard = optionsOf[object];
  if (standard === undefined || ![...namespace, ...words].every((word) => plainWord.test(word))) return undefined;
  // The options of a question determine the format of its answer.
  const asked = options.filter((option) => !isFamily(option));
  if (asked.join() !== (action === "show" ? standard.join() : "")) return undefined;
  if (object === "netns" && action !== "delete") return undefined;
  if (object === "link" && action === "delete") return joiningOfRemoval(argv.slice(1));
  const program = ["ip", ...namespace, ...options.filter(isFamily), ...standard];
  // `ip` caches interface indexes, which are wrong once an interface is deleted.
  const key = [...program, ...(action === "delete" ? [action] : [])].join(" ");
  const line: Line = { key, program, words, join, split };
  return line;
}

function join(commands: readonly Command[], continueOnError: boolean): Pick<Command, "argv" | "stdin"> {
  const lines = commands.map(({ joining }) => joining as Line);
  return {
    argv: [...lines[0]!.program, ...(continueOnError ? ["-force"] : []), "-batch", "-"],
    stdin: lines.map(({ words }) => `${words.join(" ")}\n`).join(""),
  };
}

function split(result: CommandResult, commands: readonly Command[], continueOnError: boolean): readonly PartResult[] {
  const { exitCode, stdout, stderr } = result;
  // It did not reach the first line: there is no such program or no such namespace.
  if (exitCode === 126 || exitCode === 127 || /^(?:Cannot open|setting the) network namespace /.test(stderr))
    return commands.map((_, index) => (continueOnError || index === 0 ? result : "unreached"));
  const { failures, rest } = failuresIn(stderr);
  const refusedAt = continueOnError ? -1 : commands.findIndex(({ argv }) => names(argv, rest));
  if (refusedAt !== -1) failures.set(refusedAt, rest);
  // Some errors end it without saying at which line: it is unknown how far it came.
  else if (exitCode !== 0 && (exitCode !== 1 || failures.size === 0 || rest !== ""))
    return commands.map(({ always }) => (always ? "unreached" : "unknown"));
  const end = continueOnError ? commands.length : Math.min(...failures.keys(), commands.length);
  const prints = (command: Command, index: number) =>
    index < end && !failures.has(index) && command.argv.includes("show");
  const printed = stdout === "" ? [] : stdout.split("\n");
  // Each answer is a line of JSON. If one is not, the questions are asked one by one.
  const readable = printed.length === commands.filter(prints).length && printed.every((line) => answer.test(line));
  const answers = printed.values();
  return commands.map((command, index) => {
    const words = failures.get(index);
    if (words !== undefined) return { ran: true, exitCode, stdout: "", stderr: words };
    if (index > end || (prints(command, index) && !readable)) return "unreached";
    return { ran: true, exitCode: 0, stdout: prints(command, index) ? answers.next().value! : "", stderr: "" };
  });
}

const answer = /^\[(?:\{.*\}| ?)\]$/;

/**
 * Whether a command names the object that this message reports as missing: `argument "br0" is wrong: Device does not
 * exist` is about `master br0`, and `argument "box" is wrong: Invalid "netns" value` about `netns box`. `ip` ends there
 * (lib/utils.c, invarg), so it is the first command that names the object.
 */
function names(argv: readonly string[], words: string): boolean {
  const [, missing, reason] =
    /argument "(.*)" is wrong: (Device does not exist|Invalid "netns" value)$/m.exec(words) ?? [];
  if (missing === undefined) return false;
  const at = argv.indexOf(reason === "Device does not exist" ? "master" : "netns");
  return at !== -1 && argv[at + 1] === missing;
}

/** The message of each failed line, by its position, and the text after the last. */
function failuresIn(stderr: string): { readonly failures: Map<number, string>; readonly rest: string } {
  const failures = new Map<number, string>();
  let words: string[] = [];
  for (const line of stderr.split("\n")) {
    const place = /^Command failed -:(\d+)$/.exec(line)?.[1];
    if (place === undefined) words.push(line);
    else {
      failures.set(Number(place) - 1, words.join("\n"));
      words = [];
    }
  }
  return { failures, rest: words.join("\n") };
}
