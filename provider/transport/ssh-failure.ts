/** Determines why an SSH connection failed, and whether another attempt is useful and safe. */
import type { SshConnection } from "./connection.js";
import { escapeForDisplay } from "./quoting.js";
import { TransportError } from "./transport.js";

/** How far an attempt got. Once authentication has begun, no attempt is repeated: it may count against the account. */
export type ConnectPhase = "connecting" | "authenticating";

/** An attempt that failed in ssh2 or the socket. */
export class ConnectError extends Error {
  constructor(
    readonly phase: ConnectPhase,
    override readonly cause: Error & { readonly level?: string; readonly code?: unknown; readonly reason?: unknown },
  ) {
    super(cause.message);
  }
}

export interface FailedAttempt {
  readonly error: TransportError;
  readonly retry: boolean;
}

/** The details for a message about the attempt. */
export interface AttemptContext {
  /** The host and how it is reached. */
  readonly label: string;
  readonly connection: SshConnection;
  /** The timeout of the attempt in milliseconds. */
  readonly timeout: number;
  /** The offered credentials, in words. */
  readonly offered: readonly string[];
  /** The methods that the server still accepts; undefined if it did not get that far. */
  readonly accepted: readonly string[] | undefined;
}

/** The name of a password among the offered credentials. */
export const PASSWORD = "the password";

/** SSH_OPEN_ADMINISTRATIVELY_PROHIBITED, RFC 4254. */
const PROHIBITED = 1;

const SOCKET_FAILURES: Record<string, string> = {
  ECONNREFUSED: "the connection was refused; is sshd running there, and is the port right?",
  ECONNRESET: "the connection was cut; is it an SSH server, or is it busy (MaxStartups)?",
  EHOSTUNREACH: "there is no route to it; check the address and the network.",
  ENETUNREACH: "there is no route to its network; check the address and the network.",
  ENOTFOUND: "its name is not found in DNS; check the address.",
  EAI_AGAIN: "its name cannot be looked up now; check DNS.",
  ETIMEDOUT: "it does not answer; check the address, the network and firewalls.",
};

export function readConnectFailure({ phase, cause }: ConnectError, context: AttemptContext): FailedAttempt {
  if (
    cause.level === "client-authentication" ||
    (phase === "authenticating" && /authentication failures/i.test(cause.message))
  ) {
    return { error: refused(context), retry: false };
  }
  const code = typeof cause.code === "string" ? cause.code : undefined;
  const known = code === undefined ? undefined : SOCKET_FAILURES[code];
  const early = phase === "connecting";
  if (known !== undefined)
    return unreachable(
      context,
      early ? known : `the connection ended during authentication (${code ?? ""}).`,
      early && code !== "ENOTFOUND",
    );
  if (cause.level === "client-timeout") {
    return unreachable(
      context,
      `it did not answer within ${Math.round(context.timeout / 100) / 10} s; check the address, the network and firewalls, or raise connectTimeout.`,
      early,
    );
  }
  // The two sides have no algorithm in common, or the server violated the protocol: the next attempt would end the same
  // way.
  if (cause.level === "handshake")
    return unreachable(context, `${sentence(cause.message)} Is its SSH server very old?`, false);
  if (cause.reason === PROHIBITED) {
    return unreachable(
      context,
      `the jump host forbids the connection (${sentence(cause.message)}) Allow it with AllowTcpForwarding in its sshd_config.`,
      false,
    );
  }
  if (/lost before handshake/.test(cause.message)) {
    return unreachable(
      context,
      "the server closed the connection before it said anything; it may be busy (MaxStartups), starting, or no SSH server.",
      early,
    );
  }
  return unreachable(context, sentence(cause.message), early);
}

/** A jump host's failure, reported as a failure of the host behind it. */
export function behindJump(
  error: TransportError,
  context: Pick<AttemptContext, "label" | "connection">,
): TransportError {
  return new TransportError(
    error.reason,
    "not-started",
    context.connection.name,
    `Host ${context.label} cannot be reached through its jump host: ${error.message}`,
  );
}

function unreachable(context: AttemptContext, why: string, retry: boolean): FailedAttempt {
  const error = new TransportError(
    "unreachable",
    "not-started",
    context.connection.name,
    `Host ${context.label} cannot be reached: ${why}`,
  );
  return { error, retry };
}

function refused({ label, connection, offered, accepted = [] }: AttemptContext): TransportError {
  const takes = accepted.length > 0 ? `; it takes ${accepted.join(", ")}` : "";
  const advice = [
    ...(offered.some((source) => source !== PASSWORD)
      ? [`add the public key to authorized_keys of ${connection.user} there`]
      : []),
    ...(offered.includes(PASSWORD) ? ["correct the password"] : []),
    "set another user or privateKeyPath",
  ].join(", or ");
  return new TransportError(
    "authentication",
    "not-started",
    connection.name,
    `Host ${label} refused all that was offered (${offered.join(", ")}${takes}). ${capitalized(advice)}. It is not tried again in this run.`,
  );
}

const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function sentence(text: string): string {
  const shown = escapeForDisplay(text.trim());
  return /[.?!]$/.test(shown) ? shown : `${shown}.`;
}
