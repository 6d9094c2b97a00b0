/** Observations of a host that many resources share. */
import type { CommandResult, Fact, SharedQuestion } from "../commands/command.js";
import type { Transport } from "../transport/transport.js";

/**
 * How many resources ask for themselves before the next one asks for all: a question about a whole host is too
 * expensive for a few.
 */
const minimumAskers = 4;
/** Milliseconds for which a reply is valid for later askers, unless this run changes the host. */
const freshness = 5_000;

interface Reply {
  readonly at: number;
  /** The namespaces that the question was about, undefined for the host's own. */
  readonly namespaces: ReadonlySet<string | undefined>;
  readonly result: Promise<CommandResult>;
  /** How many askers did not find their namespace in it. */
  misses: number;
}

interface QuestionState {
  /** How many resources have asked for themselves. */
  asked: number;
  /** When the last resource asked, in milliseconds. */
  last: number;
  /** The namespaces that all of them asked about. */
  readonly namespaces: Set<string | undefined>;
  reply?: Reply;
}

/** The shared observations of one host in one run. */
export class SharedObservations {
  private readonly states = new Map<string, QuestionState>();
  private readonly first = new Map<string, Promise<CommandResult>>();

  constructor(private readonly transport: Transport) {}

  /** The answer from a shared reply; undefined if the fact has to be asked for separately. `group`: the stack's. */
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
      // The reply does not cover this namespace, since nobody had asked about it before. Asking again for more
      // namespaces is too expensive for a few, too.
      if (state.reply !== reply) continue;
      if (reply.misses++ < minimumAskers) return undefined;
      delete state.reply;
    }
  }

  /** The answer from the first reply of the run, whatever the run has changed since; undefined if it has none. */
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

  /** The host is being changed, so earlier replies are no longer valid. */
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
