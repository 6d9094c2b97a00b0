/** Removes orphans. Each part is observed once more, and is only removed if it is still what was found. */
import { isDeepStrictEqual } from "node:util";
import type { Command } from "../commands/command.js";
import { CommandFailure } from "../commands/failure.js";
import type { CommandResult, Transport } from "../transport/transport.js";
import { isLost } from "./errors.js";
import type { Orphan } from "./orphans.js";
import { explain } from "./survey.js";
import { type Removal, stages } from "./trace.js";

/** How often the host may change between observation and removal. */
const attempts = 5;

/** The outcome for each orphan: undefined if it is gone, else the reason why it is not. */
export type Outcome = ReadonlyMap<Orphan, string | undefined>;

/** Removes orphans from their machine. */
export async function removeOrphans(transport: Transport, orphans: readonly Orphan[]): Promise<Outcome> {
  const outcome = new Map<Orphan, string | undefined>(orphans.map((orphan) => [orphan, orphan.keepReason]));
  for (const stage of stages) {
    for (const orphan of orphans) {
      for (const part of orphan.parts.filter((part) => part.stage === stage)) {
        if (outcome.get(orphan) !== undefined) break;
        outcome.set(orphan, await removePart(transport, part.removal));
      }
    }
  }
  return outcome;
}

async function removePart(transport: Transport, removal: Removal): Promise<string | undefined> {
  const { facts, plan } = removal;
  const asked = facts.map(({ command }) => command);
  const guards = removal.guards ?? asked;
  const questions = [...asked, ...guards].map((command) => ({ ...command, always: true }));
  const read = (replies: readonly CommandResult[]) =>
    plan(facts.map((fact, index) => fact.parse(replies[index]!)) as never);
  try {
    let seen: readonly CommandResult[] | undefined;
    for (let attempt = 1; attempt <= attempts; attempt++) {
      seen ??= await run(transport, questions, false);
      if (!seen) continue;
      const commands = read(seen);
      if (typeof commands === "string") return commands;
      if (commands.length === 0) return undefined;
      const expected = seen.slice(facts.length);
      const guardCommands = guards.map(({ argv }, index): Command => {
        const { stdout, asked = { argv } } = expected[index]!;
        return { ...asked, expectStdout: stdout };
      });
      const replies = await run(transport, [...guardCommands, ...commands, ...questions], true);
      const ran = replies?.slice(guardCommands.length, guardCommands.length + commands.length) ?? [];
      seen = replies?.slice(guardCommands.length + commands.length);
      const failed = ran.findIndex((result) => result.ran && result.exitCode !== 0);
      if (failed !== -1 && seen && isDeepStrictEqual(commands, read(seen)))
        throw new CommandFailure(commands[failed]!, ran[failed]!);
    }
    const last = seen && read(seen);
    if (last?.length === 0) return undefined;
    return typeof last === "string" ? last : "it changes, or comes back, as often as it is removed";
  } catch (error) {
    return explain(error);
  }
}

/** The replies; undefined if the connection ended and it is unknown how far the batch went. */
async function run(
  transport: Transport,
  commands: readonly Command[],
  lock: boolean,
): Promise<CommandResult[] | undefined> {
  try {
    return await transport.run({ commands, lock });
  } catch (error) {
    if (isLost(error)) return undefined;
    throw error;
  }
}
