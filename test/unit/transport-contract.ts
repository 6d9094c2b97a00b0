/**
 * What every Transport does with a batch, as a table. The real ones run it; the fake is given the programs' answers. A
 * case that only one of them passes would make every test with the fake worthless.
 */
import { expect, test } from "vitest";
import { escapeForDisplay } from "../../provider/transport/quoting.js";
import type { Batch, Command, CommandResult, Transport } from "../../provider/transport/transport.js";
import type { FakeAnswer } from "../fake-transport.js";

/** A command, with its program's output and exit code: predefined for the fake, observed for the others. */
export interface ContractCommand extends Command {
  readonly answer: FakeAnswer;
}

export interface ContractCase {
  readonly name: string;
  readonly commands: readonly ContractCommand[];
  readonly lock?: boolean;
  readonly results: readonly CommandResult[];
}

/** A shell test program: prints each argument on a line of its own, in brackets. */
const SHOW = ["printf", "[%s]\\n"] as const;

const ODD_ARGUMENTS = [
  "",
  " ",
  "a b",
  "'",
  "''",
  `it's "quoted"`,
  "$HOME",
  "$(id)",
  "`id`",
  "\\",
  "\\n",
  "a\\",
  "*",
  "?",
  "~",
  "~/x",
  "-n",
  "--help",
  "-",
  "--",
  ";",
  "&&",
  "|",
  ">",
  "#",
  "!",
  "!!",
  "%s",
  "a=b",
  "if",
  "{a,b}",
  "[x]",
  "new\nline",
  "\n",
  "end\n",
  "tab\t",
  "\r",
  "\u0001",
  "\u007f",
  "\u001b[31m",
  "ünï",
  "漢字",
  "😀",
  "\u0081\u0088",
  "\u202e",
  "x".repeat(5000),
];

const ran = (exitCode: number, stdout = "", stderr = ""): CommandResult => ({ ran: true, exitCode, stdout, stderr });
const skipped: CommandResult = { ran: false, exitCode: -1, stdout: "", stderr: "" };
const shell = (script: string, answer: FakeAnswer, rest: Partial<Command> = {}): ContractCommand => ({
  argv: ["sh", "-c", script],
  answer,
  ...rest,
});
/** A program with this output, compared with an expectation, and one that follows it. */
const expecting = (name: string, stdout: string, expectation: Partial<Command>, met: boolean): ContractCase => ({
  name,
  commands: [
    { argv: ["printf", "%s", stdout], ...expectation, answer: { stdout } },
    { argv: ["echo", "next"], answer: { stdout: "next\n" } },
  ],
  results: [ran(0, stdout.replace(/\n$/, "")), met ? ran(0, "next") : skipped],
});

export const CONTRACT: readonly ContractCase[] = [
  { name: "an exit code of 0 without output", commands: [{ argv: ["true"], answer: {} }], results: [ran(0)] },
  { name: "any exit code", commands: [shell("exit 42", { exitCode: 42 })], results: [ran(42)] },
  { name: "255 is an exit code like others", commands: [shell("exit 255", { exitCode: 255 })], results: [ran(255)] },
  {
    name: "the end by a signal",
    commands: [shell("kill -TERM $$", { exitCode: 143, stderr: "" }, {})],
    results: [ran(143)],
  },
  {
    name: "standard output and standard error apart",
    commands: [
      shell("echo out; echo err >&2; echo out2; exit 3", { exitCode: 3, stdout: "out\nout2\n", stderr: "err\n" }),
    ],
    results: [ran(3, "out\nout2", "err")],
  },
  {
    name: "one final newline off and no more",
    commands: [
      { argv: ["printf", "none"], answer: { stdout: "none" } },
      { argv: ["printf", "one\\n"], answer: { stdout: "one\n" } },
      shell("printf 'three\\n\\n\\n'; printf 'two\\n\\n' >&2", { stdout: "three\n\n\n", stderr: "two\n\n" }),
      { argv: ["printf", "\\n"], answer: { stdout: "\n" } },
    ],
    results: [ran(0, "none"), ran(0, "one"), ran(0, "three\n\n", "two\n"), ran(0, "")],
  },
  ...ODD_ARGUMENTS.map((argument): ContractCase => ({
    name: `the argument "${escapeForDisplay(argument).slice(0, 40)}"`,
    commands: [{ argv: [...SHOW, argument], answer: { stdout: `[${argument}]\n` } }],
    results: [ran(0, `[${argument}]`)],
  })),
  {
    name: "many arguments in order",
    commands: [
      {
        argv: [...SHOW, ...ODD_ARGUMENTS],
        answer: { stdout: ODD_ARGUMENTS.map((argument) => `[${argument}]\n`).join("") },
      },
    ],
    results: [ran(0, ODD_ARGUMENTS.map((argument) => `[${argument}]`).join("\n"))],
  },
  {
    name: "a program and not the shell's builtin of that name",
    commands: [
      { argv: ["echo", "-n", "a\\tb"], answer: { stdout: "a\\tb" } },
      { argv: ["test", "1", "=", "2"], answer: { exitCode: 1 } },
    ],
    results: [ran(0, "a\\tb"), ran(1)],
  },
  ...[
    "text",
    "text\n",
    "\n\n",
    "it's $HOME \\n `id` \\",
    "ünï 😀\u0081\u0001",
    "",
    "-n",
    "%s",
    "x".repeat(300_000),
  ].map((stdin): ContractCase => ({
    name: `the input "${escapeForDisplay(stdin).slice(0, 40)}" byte for byte`,
    commands: [shell("cat; printf '|'", { stdout: `${stdin}|` }, { stdin })],
    results: [ran(0, `${stdin}|`)],
  })),
  { name: "no input without stdin", commands: [{ argv: ["cat"], answer: {} }], results: [ran(0)] },
  {
    name: "input that nobody reads",
    commands: [{ argv: ["true"], stdin: "x".repeat(200_000), answer: {} }],
    results: [ran(0)],
  },
  {
    name: "input to a program that fails",
    commands: [shell("cat >/dev/null; exit 7", { exitCode: 7 }, { stdin: "x\n" })],
    results: [ran(7)],
  },
  {
    name: "a stop after the first failure, except for always",
    commands: [
      { argv: ["true"], answer: {} },
      { argv: ["false"], answer: { exitCode: 1 } },
      { argv: ["echo", "skipped"], answer: { stdout: "skipped\n" } },
      { argv: ["echo", "undo"], always: true, answer: { stdout: "undo\n" } },
      { argv: ["echo", "skipped too"], answer: { stdout: "skipped too\n" } },
      { argv: ["false"], always: true, answer: { exitCode: 1 } },
      { argv: ["echo", "undo too"], always: true, answer: { stdout: "undo too\n" } },
    ],
    results: [ran(0), ran(1), skipped, ran(0, "undo"), skipped, ran(1), ran(0, "undo too")],
  },
  {
    name: "always without a failure",
    commands: [
      { argv: ["echo", "a"], always: true, answer: { stdout: "a\n" } },
      { argv: ["echo", "b"], answer: { stdout: "b\n" } },
    ],
    results: [ran(0, "a"), ran(0, "b")],
  },
  ...(
    [
      ["a\n", "a", true],
      ["a", "a", true],
      ["a\n\n", "a", false],
      ["a \n", "a", false],
      ["", "", true],
      ["\n", "", true],
      ["b\n", "a", false],
      ["a\nb\n", "a\nb", true],
      ["*\n", "*", true],
      ["abc\n", "*", false],
      ["it's\n", "it's", true],
      ["(\n", "(", true],
      ["!\n", "!", true],
      ["-f\n", "-f", true],
    ] as const
  ).map(([stdout, expected, met]) =>
    expecting(
      `${JSON.stringify(stdout)} where ${JSON.stringify(expected)} is expected`,
      stdout,
      { expectStdout: expected },
      met,
    ),
  ),
  ...(
    [
      ["abc\n", "b", true],
      ["abc\n", "abc", true],
      ["abc\n", "*", false],
      ["a*c", "*", true],
      ["ax\n", "xx", false],
      ["a\nb\n\n", "a\nb", true],
      ['"it\'s"\n', '"it\'s"', true],
      [")\n", ")", true],
      ["", "a", false],
    ] as const
  ).map(([stdout, expected, met]) =>
    expecting(
      `${JSON.stringify(stdout)} where ${JSON.stringify(expected)} is expected in it`,
      stdout,
      { expectInStdout: expected },
      met,
    ),
  ),
  {
    name: "an expected output with a failure",
    commands: [
      shell("echo a; echo why >&2; exit 2", { exitCode: 2, stdout: "a\n", stderr: "why\n" }, { expectStdout: "a" }),
      { argv: ["true"], answer: {} },
    ],
    results: [ran(2, "a", "why"), skipped],
  },
  {
    name: "an expected output of a program with input",
    commands: [
      { argv: ["cat"], stdin: "in'put\n", expectStdout: "in'put", answer: { stdout: "in'put\n" } },
      { argv: ["true"], answer: {} },
    ],
    results: [ran(0, "in'put"), ran(0)],
  },
  {
    name: "a locked batch",
    lock: true,
    commands: [
      { argv: ["echo", "a"], answer: { stdout: "a\n" } },
      { argv: ["cat"], stdin: "b", expectStdout: "c", answer: { stdout: "b" } },
      { argv: ["echo", "d"], answer: { stdout: "d\n" } },
      { argv: ["echo", "e"], always: true, answer: { stdout: "e\n" } },
    ],
    results: [ran(0, "a"), ran(0, "b"), skipped, ran(0, "e")],
  },
  {
    name: "a large output",
    commands: [
      shell("i=0; while [ $i -lt 20 ]; do printf '%0100000d' 7; i=$((i+1)); done", {
        stdout: ("0".repeat(99_999) + "7").repeat(20),
      }),
    ],
    results: [ran(0, ("0".repeat(99_999) + "7").repeat(20))],
  },
  {
    name: "a hundred commands",
    commands: Array.from({ length: 100 }, (_, i): ContractCommand => ({
      argv: ["echo", String(i)],
      answer: { stdout: `${i}\n` },
    })),
    results: Array.from({ length: 100 }, (_, i) => ran(0, String(i))),
  },
  { name: "no command at all", commands: [], results: [] },
];

/** Registers a test for each case. The caller creates the transport, and is responsible for closing it. */
export function testContract(transportFor: (testCase: ContractCase) => Transport | Promise<Transport>): void {
  for (const testCase of CONTRACT) {
    test(testCase.name, async () => {
      const transport = await transportFor(testCase);
      const batch: Batch = {
        commands: testCase.commands.map(withoutAnswer),
        ...(testCase.lock === undefined ? {} : { lock: testCase.lock }),
      };
      const results = await transport.run(batch);
      expect(results.map(withoutSignalNote)).toEqual(testCase.results);
    });
  }
}

function withoutAnswer(command: ContractCommand): Command {
  const bare: Command & { answer?: FakeAnswer } = { ...command };
  delete bare.answer;
  return bare;
}

/** bash reports a killed child on standard error ("… Terminated …"); the wording depends on the shell. */
function withoutSignalNote(result: CommandResult): CommandResult {
  return result.exitCode > 128 && result.exitCode < 160 ? { ...result, stderr: "" } : result;
}
