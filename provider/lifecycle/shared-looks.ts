/** Looks at a host that many resources share. */
import type { CommandResult, Fact, Wide } from "../commands/command.js";
import type { Transport } from "../transport/transport.js";

/** How many ask for themselves, until the next one asks for all: a look at a whole host is not for a few. */
const fewest = 4;
/** Milliseconds for which a look holds for those who ask later, unless this run changes the host. */
const freshness = 5_000;

interface Reply {
  readonly at: number;
  /** The namespaces that were asked about, undefined for the host's own. */
  readonly namespaces: ReadonlySet<string | undefined>;
  readonly result: Promise<CommandResult>;
  /** How many have found nothing in it of where they asked about. */
  missed: number;
}

interface Look {
  /** How many have asked for themselves. */
  asked: number;
  /** When the last one asked, in milliseconds. */
  last: number;
  /** What they all asked about. */
  readonly namespaces: Set<string | undefined>;
  reply?: Reply;
}

/** One host's, in one run. */
export class SharedLooks {
  private readonly looks = new Map<string, Look>();
  private readonly first = new Map<string, Promise<CommandResult>>();

  constructor(private readonly transport: Transport) {}

  /** What a look that was made for many says of this; undefined where it has to be asked for itself. `group`: the stack's. */
  async answer<T>({ wide }: Fact<T>, group: number): Promise<T | undefined> {
    if (!wide) return undefined;
    const look = this.looks.get(wide.key) ?? { asked: 0, last: Date.now(), namespaces: new Set() };
    this.looks.set(wide.key, look);
    look.namespaces.add(wide.namespace);
    for (;;) {
      const reply = this.replyTo(wide, look, group);
      if (!reply) return undefined;
      const answer = wide.answer(await reply.result);
      if (answer !== undefined || reply.namespaces.has(wide.namespace)) return answer;
      // Nobody had asked about this namespace when the host was looked at: a look with more of them is not for a few either.
      if (look.reply !== reply) continue;
      if (reply.missed++ < fewest) return undefined;
      delete look.reply;
    }
  }

  /** What the first look of the run says of this, whatever the run has changed since; undefined where it says nothing. */
  async firstAnswer<T>({ wide }: Fact<T>, group: number): Promise<T | undefined> {
    if (!wide) return undefined;
    let result = this.first.get(wide.key);
    if (!result) {
      result = this.ask(wide, [wide.namespace], group);
      this.first.set(wide.key, result);
      result.catch(() => this.first.delete(wide.key));
    }
    return wide.answer(await result);
  }

  /** The host is being changed: what was seen before holds no longer. */
  forget(): void {
    this.looks.clear();
  }

  private replyTo(wide: Wide<unknown>, look: Look, group: number): Reply | undefined {
    const now = Date.now();
    if (look.reply && now - look.reply.at < freshness) return look.reply;
    if (now - look.last > freshness) look.asked = 0;
    look.last = now;
    if (look.asked++ < fewest && !wide.asCheap) return undefined;
    const namespaces = new Set(look.namespaces);
    const result = this.ask(wide, [...namespaces], group);
    look.reply = { at: now, namespaces, result, missed: 0 };
    result.catch(() => this.looks.delete(wide.key));
    return look.reply;
  }

  private async ask({ command }: Wide<unknown>, namespaces: readonly (string | undefined)[], group: number) {
    const question = command({ namespaces, group });
    const [result] = await this.transport.run({ commands: [{ ...question, always: true }] });
    return result!;
  }
}
