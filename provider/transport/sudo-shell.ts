/**
 * Turns a shell into a root shell by a sudo that asks for a password. The password is written to sudo's standard input,
 * once, when sudo asks: it is never in an argument, an environment variable or a file.
 */
import { randomBytes } from "node:crypto";
import type { ShellProcess } from "./shell-session.js";

/** The outcome: undefined if the process is now a root shell. */
export type Refusal = { readonly exitCode: number; readonly stderr: string } | "timeout";

export interface Elevation {
  readonly password: string;
  /** Milliseconds. */
  readonly timeout: number;
}

/**
 * Resolves when the shell is a root shell, or with the reason why it is not. Until then, it consumes the output of the
 * process.
 */
export async function elevate(process: ShellProcess, { password, timeout }: Elevation): Promise<Refusal | undefined> {
  const nonce = randomBytes(16).toString("hex");
  const prompt = `${nonce}-password:`;
  const ready = `${nonce}-ready`;
  // Assembled by the shell, so that a shell that echoes its input is not mistaken for sudo.
  const begin = `p=${nonce}; if sudo -n /bin/sh -c : 2>/dev/null; then printf '%s\\n' "$p-ready"; exec sudo -n /bin/sh; fi; exec sudo -S -p "$p-password:" /bin/sh -c 'printf "%s\\n" "$1"; exec /bin/sh' sh "$p-ready"\n`;
  let asked = 0;
  let [stdout, stderr] = ["", ""];
  return await new Promise((resolve) => {
    const timer = setTimeout(() => {
      settle("timeout");
    }, timeout);
    const settle = (outcome: Refusal | undefined): void => {
      clearTimeout(timer);
      process.stdout.off("data", read);
      process.stderr.off("data", readError);
      resolve(outcome);
    };
    const read = (chunk: Buffer): void => {
      stdout += chunk.toString("latin1");
      if (stdout.includes(`${ready}\n`)) settle(undefined);
    };
    const readError = (chunk: Buffer): void => {
      stderr += chunk.toString("utf8");
      const times = stderr.split(prompt).length - 1;
      if (times > asked && asked === 0) process.stdin.write(`${password}\n`);
      // A second prompt means that the first answer was wrong. Another one could lock the account.
      if (times > 1) settle({ exitCode: 1, stderr: stderr.replaceAll(prompt, "").trim() });
      asked = times;
    };
    process.stdout.on("data", read);
    process.stderr.on("data", readError);
    process.stdin.on("error", () => undefined);
    void process.ended.then(({ exitCode = 1, detail }) => {
      settle({ exitCode, stderr: stderr.replaceAll(prompt, "").trim() || detail });
    });
    process.stdin.write(begin);
  });
}
