/** What is tested on every machine, and how a test's result becomes a cell of the table. */

import { services } from "./services.ts";

/** A part of the table: tests that run on the same kinds of machines. */
export interface Part {
  readonly title: string;
  /** Files and folders below test/. */
  readonly files: readonly string[];
  /** What the tests need: a test host, or the complete lab with Pulumi's engine. */
  readonly on: "host" | "lab";
  /** Whether the tests run only on virtual machines: a service, or a reboot, needs a complete machine. */
  readonly virtual?: boolean;
  /** The rows, if they can run alone: those named in `LINUXNET_ROWS`, one per line. If none are named: all. */
  readonly rows?: readonly string[];
  /** The row of a test, from the titles of its groups and its own title. */
  readonly row: (titles: readonly string[], file: string) => string;
}

const unquoted = (title = "") => title.replaceAll("'", "");

export const parts: readonly Part[] = [
  {
    title: "Each kind's life: made, looked at by other tools, each property changed, damaged, repaired, deleted",
    files: ["kernel/lives.test.ts"],
    on: "host",
    row: ([group]) => unquoted(group).split(" ")[0]!,
  },
  {
    title: "Names that the host has too",
    files: ["kernel/host-names.test.ts"],
    on: "host",
    row: () => "eth0 in a namespace, where the host has an eth0",
  },
  {
    title: "NAT with traffic in every direction",
    files: ["kernel/nat-matrix.test.ts"],
    on: "host",
    row: ([backend = "", family]) => {
      if (family === undefined) return "as the table of docs/nat.md has it";
      return family.startsWith("IP") ? `${backend}, ${family}` : `${backend}, guards`;
    },
  },
  { title: "Orphans", files: ["kernel/survey.test.ts"], on: "host", row: () => "found, and removed" },
  {
    title: "Doctor",
    files: ["machines/verdict.test.ts"],
    on: "host",
    row: () => "agrees with what can be made",
  },
  {
    title: "Examples",
    files: ["engine/examples"],
    on: "lab",
    row: (_, file) => /([\w-]+)\.test\.ts$/.exec(file)![1]!,
  },
  {
    title: "The main scenario",
    files: ["machines/scenario.test.ts"],
    on: "lab",
    virtual: true,
    row: (titles) =>
      titles.at(-1)!.includes("reboot") ? "a real reboot" : "Docker's default network, with eth0 on both sides",
  },
  {
    title: "Each way in which Pulumi ends a life and begins another, for each kind",
    files: ["engine/lives.test.ts"],
    on: "lab",
    virtual: true,
    row: (titles) => (titles.at(-1)!.startsWith("--replace: ") ? "--replace of one" : "the others"),
  },
  {
    title: "Services that run there",
    files: ["machines/neighbours.machine.ts"],
    on: "lab",
    virtual: true,
    rows: services.map(({ name }) => name),
    row: ([group = ""]) => group.replace("beside ", ""),
  },
];

/** A column of the table. */
export interface Machine {
  /** Its name in `npm run test:machines -- NAME`. */
  readonly name: string;
  /** The Debian release. */
  readonly suite: string;
  /** The release's tools on this machine's kernel, or a virtual machine whose interface has this kind of name. */
  readonly kind: "tools" | "eth0" | "systemd";
  /** The parts that run on it, by the beginnings of their titles. Left out: all that can. */
  readonly only?: readonly string[];
}

const suites = ["bullseye", "bookworm", "trixie", "sid"] as const;

export const machines: readonly Machine[] = [
  ...suites.map((suite): Machine => ({ name: `${suite}-tools`, suite, kind: "tools" })),
  ...suites.map((suite): Machine => ({ name: suite, suite, kind: "eth0" })),
  { name: "trixie-systemd", suite: "trixie", kind: "systemd", only: ["Each kind", "The main scenario", "Services"] },
];

/** The parts of a machine's column. */
export const partsOf = ({ kind, only }: Machine): readonly Part[] =>
  parts.filter(
    ({ title, virtual = false }) =>
      (!virtual || kind !== "tools") && (only === undefined || only.some((beginning) => title.startsWith(beginning))),
  );
