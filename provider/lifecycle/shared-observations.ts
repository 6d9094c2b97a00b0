/** Looks at a host that many resources share. */
import type { CommandResult, Fact, SharedQuestion } from "../commands/command.js";
import type { Transport } from "../transport/transport.js";

/** How many ask for themselves, until the next one asks for all: a look at a whole host is not for a few. */
const minimumAskers = 4;
/** Milliseconds for which a look holds for those who ask later, unless this run changes the host. */
const freshness = 5_000;

interface Reply {
  readonly at: number;
  /** The namespaces that were asked about, undefined for the host's own. */
  readonly namespaces: ReadonlySet<string | undefined>;
  readonly result: Promise<CommandResult>;
  /** How many have found nothing in it of where they asked about. */
  misses: number;
}

interface QuestionState {
  /** How many have asked for themselves. */
  asked: number;
  /** When the last one asked, in milliseconds. */
  last: number;
  /** What they all asked about. */
  readonly namespaces: Set<string | undefined>;
  reply?: Reply;
}

/** One host's, in one run. */
export class SharedObservations {
  private readonly states = new Map<string, QuestionState>();
  private readonly first = new Map<string, Promise<CommandResult>>();

  constructor(private readonly transport: Transport) {}

  /** What a look that was made for many says of this; undefined where it has to be asked for itself. `group`: the stack's. */
  async answer<T>({ shared }: Fact<T>, group: number): Promise<T | undefined> {
    if (!shared) return undefined;
    const state = this.states.get(shared.key) ?? { asked: 0, last: Date.now(), namespaces: new Set() };
    this.states.set(shared.key, state);
    state.namespaces.add(shared.namespace);
    for (;;) {
      const reply = this.replyTo(shared, state, group);
      if (!reply) return undefined;
      const answer = shared.answer(await reply.result);
      if (answer !== undefined || reply.namespaces.has(shared.namespace)) return answer;
      // Nobody had asked about this namespace when the host was looked at: a look with more of them is not for a few either.
      if (state.reply !== reply) continue;
      if (reply.misses++ < minimumAskers) return undefined;
      delete state.reply;
    }
  }

  /** What the first look of the run says of this, whatever the run has changed since; undefined where it says nothing. */
  async firstAnswer<T>({ shared }: Fact<T>, group: number): Promise<T | undefined> {
    if (!shared) return undefined;
    let result = this.first.get(shared.key);
    if (!result) {
      result = this.ask(shared, [shared.namespace], group);
      this.first.set(shared.key, result);
      result.catch(() => this.first.delete(shared.key));
    }
    return shared.answer(await result);
  }

  /** The host is being changed: what was seen before holds no longer. */
  invalidate(): void {
    this.states.clear();
  }

  private replyTo(question: SharedQuestion<unknown>, state: QuestionState, group: number): Reply | undefined {
    const now = Date.now();
    if (state.reply && now - state.reply.at < freshness) return state.reply;
    if (now - state.last > freshness) state.asked = 0;
    state.last = now;
    if (state.asked++ < minimumAskers && !question.equallyCheap) return undefined;
    const namespaces = new Set(state.namespaces);
    const result = this.ask(question, [...namespaces], group);
    state.reply = { at: now, namespaces, result, misses: 0 };
    result.catch(() => this.states.delete(question.key));
    return state.reply;
  }

  private async ask({ command }: SharedQuestion<unknown>, namespaces: readonly (string | undefined)[], group: number) {
    const question = command({ namespaces, group });
    const [result] = await this.transport.run({ commands: [{ ...question, always: true }] });
    return result!;
  }
}
