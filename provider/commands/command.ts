import type { Command, CommandResult } from "../transport/transport.js";
import { CommandFailure, classify } from "./failure.js";
import { joiningOfIp } from "./joined-ip.js";

export type { Command, CommandResult };

/** A question to a host: the command that asks it and the parser of its reply. */
export interface Fact<T> {
  readonly command: Command;
  /** Throws a CommandFailure if the reply is neither an answer nor proof that there is nothing. */
  parse(result: CommandResult): T;
  /**
   * A question about a larger part of the host, whose reply contains the answers to this fact and to those of many
   * other resources.
   */
  readonly shared?: SharedQuestion<T>;
  /** Whether a plan stays valid if the answer has changed by the time the plan runs. Default false. */
  readonly unguarded?: boolean;
}

/** Facts by the names that whoever asks for them gives them. */
export type FactTable = Readonly<Record<string, Fact<unknown> | undefined>>;

/** The answers to the facts. */
export type Answers<F extends FactTable> = {
  readonly [K in keyof F]: NonNullable<F[K]> extends Fact<infer T> ? T : never;
};

/** The scope of a shared question, so that it costs no more if others have a lot on the host. */
export interface Scope {
  /** The namespaces of the resources that have asked, undefined for the host's own. */
  readonly namespaces: readonly (string | undefined)[];
  /** The stack's interface group, which identifies its interfaces. */
  readonly group: number;
}

/** A question whose reply contains the answers to many facts. */
export interface SharedQuestion<T> {
  /** Equal for equal questions. */
  readonly key: string;
  /** The namespace of this fact, if the question covers several. */
  readonly namespace?: string | undefined;
  readonly command: (scope: Scope) => Command;
  /**
   * Whether it costs the host no more than the fact's own question, in which case the first asker already uses it.
   * Default false.
   */
  readonly equallyCheap?: boolean;
  /** This fact's part of the reply; undefined if it has to be asked for separately. */
  readonly answer: (result: CommandResult) => T | undefined;
}

/** What is missing, according to the host's own reply. */
export type Missing =
  /** The object itself. */
  | "object"
  /** The network namespace it would be in. */
  | "namespace"
  /** The file in /run/netns exists, but no namespace is mounted on it. */
  | "stale-namespace";

/** Something that exists, or proof that it does not. */
export type Found<T> =
  { readonly value: T; readonly missing?: undefined } | { readonly value?: undefined; readonly missing: Missing };

/** A fact about something that may be missing. `parse` reads the reply of a command that succeeded. */
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

/** `ip` in a named network namespace, or in the host's own if none is given. */
export function ip(namespace: string | undefined, ...args: (string | number)[]): Command {
  const argv = ["ip", ...(namespace === undefined ? [] : ["-n", namespace]), ...args.map(String)];
  const joining = joiningOfIp(argv);
  return joining ? { argv, joining } : { argv };
}

/** Any program in a named network namespace, or in the host's own if none is given. */
export function inNamespace(namespace: string | undefined, argv: readonly string[], stdin?: string): Command {
  return {
    argv: namespace === undefined ? argv : ["ip", "netns", "exec", namespace, ...argv],
    ...(stdin === undefined ? {} : { stdin }),
  };
}
