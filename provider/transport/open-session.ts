/** Opens a session on a started shell, as root if requested. */
import { refusedShell } from "./refused-shell.js";
import { ShellSession, type SessionOptions, type SessionPlace, type ShellProcess } from "./shell-session.js";
import { elevate } from "./sudo-shell.js";
import { TransportError } from "./transport.js";

export interface Opening {
  readonly sudo: boolean;
  readonly sudoPassword?: string | undefined;
  /** The user who is logged in. */
  readonly user: string;
  /** Milliseconds within which the shell must answer. */
  readonly timeout: number;
}

export async function openSession(
  process: ShellProcess,
  place: SessionPlace,
  options: SessionOptions,
  { sudo, sudoPassword, user, timeout }: Opening,
): Promise<ShellSession> {
  const withPassword = sudo && sudoPassword !== undefined;
  const refuse = (exitCode: number, stderr: string): TransportError =>
    refusedShell({ ...place, sudo, withPassword, user, exitCode, stderr });
  if (withPassword) {
    const refusal = await elevate(process, { password: sudoPassword, timeout });
    if (refusal !== undefined) process.abandon();
    if (refusal === "timeout")
      throw new TransportError(
        "timeout",
        "not-started",
        place.host,
        `sudo on ${place.label} neither asked for a password nor gave a shell within ${timeout / 1000} s. Try it by hand: it may be looking up the host's own name, which belongs into /etc/hosts there.`,
      );
    if (refusal !== undefined) throw refuse(refusal.exitCode, refusal.stderr);
  }
  return ShellSession.open(process, place, { ...options, greetingTimeout: timeout }, refuse);
}
