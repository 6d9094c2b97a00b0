/** How many of linuxnet's resources had each outcome, by Pulumi's word for it ("create", "same" …) or "failed". */
export type Changes = Readonly<Record<string, number>>;

/** One line of the log of events by which Pulumi's Automation API follows a run. */
interface Event {
  readonly resOutputsEvent?: { readonly metadata: Metadata };
  readonly resOpFailedEvent?: { readonly metadata: Metadata };
}
interface Metadata {
  readonly op: string;
  readonly type: string;
}

/** What became of linuxnet's resources; the engine's own summary does not tell apart the stack and its providers. */
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
