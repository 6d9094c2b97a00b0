/** Explains why a host's shell ended before it answered. */
import { escapeForDisplay } from "./quoting.js";
import { TransportError } from "./transport.js";

export interface RefusedShell {
  readonly host: string;
  /** The host and how it is reached. */
  readonly label: string;
  readonly sudo: boolean;
  /** Whether a password was given to sudo. */
  readonly withPassword: boolean;
  /** The user who requested the shell. */
  readonly user: string;
  readonly exitCode: number;
  readonly stderr: string;
}

/** The error for a login shell, a forced command or a sudo that provides no shell. */
export function refusedShell({
  host,
  label,
  sudo,
  withPassword,
  user,
  exitCode,
  stderr,
}: RefusedShell): TransportError {
  const said = stderr.trim() === "" ? "" : `: ${escapeForDisplay(stderr.trim().slice(-500))}`;
  if (!sudo) {
    return new TransportError(
      "configuration",
      "not-started",
      host,
      `Host ${label} gives no shell; it ended with exit code ${exitCode}${said}. Check the user's login shell and any forced command.`,
    );
  }
  const rule = `${user} ALL=(root) ${withPassword ? "" : "NOPASSWD: "}/bin/sh`;
  const missing = exitCode === 127 || /not found|unknown command/i.test(stderr);
  const advice = missing
    ? "Install sudo there, or connect as root."
    : withPassword
      ? `Correct sudoPassword, or allow it with \`visudo -f /etc/sudoers.d/linuxnet\` and the line "${rule}".`
      : `Allow it without a password, with \`visudo -f /etc/sudoers.d/linuxnet\` and the line "${rule}", set sudoPassword, or connect as root.`;
  return new TransportError(
    "privilege",
    "not-started",
    host,
    `Host ${label}: ${withPassword ? "sudo" : "`sudo -n`"} gives no root shell (exit code ${exitCode}${said}). ${advice}`,
  );
}
