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

  /** The host is being changed: what was seen before holds no longer. */
  forget(): void {
    this.looks.clear();
  }

  private replyTo({ key, command }: Wide<unknown>, look: Look, group: number): Reply | undefined {
    const now = Date.now();
    if (look.reply && now - look.reply.at < freshness) return look.reply;
    if (now - look.last > freshness) look.asked = 0;
    look.last = now;
    if (look.asked++ < fewest) return undefined;
    const namespaces = new Set(look.namespaces);
    const question = command({ namespaces: [...namespaces], group });
    const result = this.transport.run({ commands: [{ ...question, always: true }] }).then(([result]) => result!);
    look.reply = { at: now, namespaces, result, missed: 0 };
    result.catch(() => this.looks.delete(key));
    return look.reply;
  }
}
