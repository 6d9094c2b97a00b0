/** Looks at a host that many resources share. */
import type { CommandResult, Fact, Wide } from "../commands/command.js";
import type { Transport } from "../transport/transport.js";

/** How many ask for themselves, until the next one asks for all: a look at a whole host is not for a few. */
const fewest = 4;
/** Milliseconds for which a look holds for those who ask later, unless this run changes the host. */
const freshness = 5_000;

interface Look {
  /** How many have asked for themselves. */
  asked: number;
  /** When the last one asked, in milliseconds. */
  last: number;
  reply?: { readonly at: number; readonly result: Promise<CommandResult> };
}

/** One host's, in one run. */
export class SharedLooks {
  private readonly looks = new Map<string, Look>();

  constructor(private readonly transport: Transport) {}

  /** What a look that was made for many says of this; undefined where it has to be asked for itself. */
  async answer<T>({ wide }: Fact<T>): Promise<T | undefined> {
    if (!wide) return undefined;
    const result = await this.resultOf(wide);
    return result && wide.answer(result);
  }

  /** The host is being changed: what was seen before holds no longer. */
  forget(): void {
    this.looks.clear();
  }

  private resultOf({ key, command }: Wide<unknown>): Promise<CommandResult> | undefined {
    const now = Date.now();
    const look = this.looks.get(key) ?? { asked: 0, last: now };
    this.looks.set(key, look);
    if (look.reply && now - look.reply.at < freshness) return look.reply.result;
    if (now - look.last > freshness) look.asked = 0;
    look.last = now;
    if (look.asked++ < fewest) return undefined;
    const result = this.transport.run({ commands: [{ ...command, always: true }] }).then(([result]) => result!);
    look.reply = { at: now, result };
    result.catch(() => this.looks.delete(key));
    return result;
  }
}
