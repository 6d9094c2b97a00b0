/** The number of linuxnet resources by outcome: Pulumi's operation ("create", "same" …) or "failed". */
export type Changes = Readonly<Record<string, number>>;

/** One line of Pulumi's event log, the format that the Automation API reads. */
interface Event {
  readonly resOutputsEvent?: { readonly metadata: Metadata };
  readonly resOpFailedEvent?: { readonly metadata: Metadata };
}
interface Metadata {
  readonly op: string;
  readonly type: string;
}

/**
 * Counts the outcomes of linuxnet's resources. The engine's own summary also counts the stack and its providers.
 * @param log The content of Pulumi's event log.
 */
export function changesIn(log: string): Changes {
  const changes: Record<string, number> = {};
  for (const line of log.split("\n").filter(Boolean)) {
    const { resOutputsEvent, resOpFailedEvent } = JSON.parse(line) as Event;
    for (const [metadata, outcome] of [
      [resOutputsEvent?.metadata, resOutputsEvent?.metadata.op],
      [resOpFailedEvent?.metadata, "failed"],
    ] as const) {
      if (outcome === undefined || !metadata?.type.includes("/linuxnet:")) continue;
      changes[outcome] = (changes[outcome] ?? 0) + 1;
    }
  }
  return changes;
}
