import type { Command, CommandResult } from "../transport/transport.js";
import { CommandFailure, classify } from "./failure.js";
import { joiningOfIp } from "./joined-ip.js";

export type { Command, CommandResult };

/** A question to a host: the command that asks it, and how its reply is read. */
export interface Fact<T> {
  readonly command: Command;
  /** Throws a CommandFailure where the reply is neither an answer nor a proof that there is nothing. */
  parse(result: CommandResult): T;
  /** A question about much of the host, whose answer holds this one and those of many others. */
  readonly shared?: SharedQuestion<T>;
  /** Whether a plan holds, too, where the answer is another one by the time it runs. Default false. */
  readonly unguarded?: boolean;
}

/** What a wide question is asked about, so that it costs no more where others have much on the host. */
export interface Scope {
  /** The namespaces of those who have asked, undefined for the host's own. */
  readonly namespaces: readonly (string | undefined)[];
  /** The stack's, by which its interfaces are known. */
  readonly group: number;
}

/** A question whose answer holds those of many facts. */
export interface SharedQuestion<T> {
  /** Equal for equal questions. */
  readonly key: string;
  /** The namespace that this fact is about, where the question is about several. */
  readonly namespace?: string | undefined;
  readonly command: (scope: Scope) => Command;
  /** Whether it costs a host no more than this fact's own question: then the first who asks asks it. Default false. */
  readonly equallyCheap?: boolean;
  /** This fact's part of it; undefined where it has to be asked for itself. */
  readonly answer: (result: CommandResult) => T | undefined;
}

/** What cannot be there because, by the host's own word, something is missing. */
export type Missing =
  /** The thing itself. */
  | "object"
  /** The network namespace it would be in. */
  | "namespace"
  /** The file in /run/netns is there, but no namespace is behind it. */
  | "stale-namespace";

/** Something that is there, or the proof that it is not. */
export type Found<T> =
  { readonly value: T; readonly missing?: undefined } | { readonly value?: undefined; readonly missing: Missing };

/** A fact about something that may be missing: `parse` reads the reply of a command that succeeded. */
export function fact<T>(command: Command, parse: (stdout: string) => T | undefined): Fact<Found<T>> {
  return {
    command,
    parse(result) {
      if (result.exitCode !== 0) {
        const { kind } = classify(result);
        if (kind === "no-object") return { missing: "object" };
        if (kind === "no-namespace") return { missing: "namespace" };
        if (kind === "stale-namespace") return { missing: "stale-namespace" };
        throw new CommandFailure(command, result);
      }
      const value = parse(result.stdout);
      return value === undefined ? { missing: "object" } : { value };
    },
  };
}

/** `ip` in a named network namespace, or in the host's own where none is given. */
export function ip(namespace: string | undefined, ...args: (string | number)[]): Command {
  const argv = ["ip", ...(namespace === undefined ? [] : ["-n", namespace]), ...args.map(String)];
  const joining = joiningOfIp(argv);
  return joining ? { argv, joining } : { argv };
}

/** Any program in a named network namespace, or in the host's own where none is given. */
export function inNamespace(namespace: string | undefined, argv: readonly string[], stdin?: string): Command {
  return {
    argv: namespace === undefined ? argv : ["ip", "netns", "exec", namespace, ...argv],
    ...(stdin === undefined ? {} : { stdin }),
  };
}
