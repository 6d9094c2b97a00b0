/** Refuses a host whose tools are missing or too old before anything is changed there, without an extra round trip. */
import { CommandFailure, missingProgram } from "../commands/failure.js";
import { toolChecks } from "../commands/probes.js";
import type { Command, CommandResult, Transport } from "../transport/transport.js";
import { ResourceError, type Subject } from "./errors.js";
import type { Task } from "./reconcile.js";

/**
 * The task's transport, with checks of the tools that its kind needs at the beginning of each batch until they have
 * passed. If one fails, nothing that changes the host has run, and the resource is refused.
 */
export function withToolChecks({ definition, context, transport, subject, checkedTools = new Set() }: Task): Transport {
  const checks = toolChecks(definition.needs, context.firewall).map((check) => ({
    key: check.argv.join(" "),
    // A command with an expectation counts as a question: resources that ask it at the same time share a process.
    command: { ...check, expectInStdout: "" },
  }));
  return {
    async run(batch) {
      const unchecked = checks.filter(({ key }) => !checkedTools.has(key));
      if (unchecked.length === 0) return await transport.run(batch);
      const results = await transport.run({
        ...batch,
        commands: [...unchecked.map(({ command }) => command), ...batch.commands],
      });
      for (const [index, { key, command }] of unchecked.entries()) {
        const result = results[index]!;
        if (result.exitCode !== 0) throw refusal(subject, command, result);
        checkedTools.add(key);
      }
      return results.slice(unchecked.length);
    },
    close: () => transport.close(),
  };
}

function refusal(subject: Subject, command: Command, result: CommandResult): ResourceError {
  const failure = new CommandFailure(command, result);
  const missing = missingProgram(result, command.argv);
  const what = missing ? `the program ${missing.program} is missing on the host` : failure.message;
  const advice = missing ? `Install the package ${missing.package}.` : failure.advice;
  return new ResourceError(subject, `${what}; nothing was changed for this resource`, advice, [], { cause: failure });
}
