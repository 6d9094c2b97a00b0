import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { format, resolveConfig } from "prettier";
import type { Command, CommandResult } from "../../provider/transport/transport.js";

/** A command, and a real host's reply to it. */
export interface Reply {
  readonly argv: readonly string[];
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A case as it was recorded on a real host. */
export interface Recording {
  /** Pulumi's state at that moment; undefined if the resource had not been created. */
  readonly recorded?: Readonly<Record<string, unknown>> | undefined;
  readonly replies: readonly Reply[];
}

const fileOf = (name: string) => path.join(import.meta.dirname, "recorded", `${name}.json`);

/** Recordings by the titles of their cases. */
export function readRecordings<T = Recording>(name: string): Readonly<Record<string, T>> {
  return JSON.parse(readFileSync(fileOf(name), "utf8")) as Record<string, T>;
}

/** Writes recordings to where `readRecordings` finds them. */
export async function writeRecordings(name: string, recordings: object): Promise<void> {
  const options = { ...(await resolveConfig(fileOf(name))), filepath: fileOf(name) };
  writeFileSync(fileOf(name), await format(JSON.stringify(recordings), options));
}

/** The recorded reply to exactly this command. */
export function replyTo({ replies }: Recording, command: Command): CommandResult {
  const reply = replies.find(({ argv }) => JSON.stringify(argv) === JSON.stringify(command.argv));
  if (!reply) throw new Error(`no reply was recorded to ${command.argv.join(" ")}: run npm run record`);
  return { ran: true, exitCode: reply.exitCode, stdout: reply.stdout, stderr: reply.stderr };
}
