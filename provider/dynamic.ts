/** Pulumi's dynamic-provider interface: the only module besides the SDK that knows its form. */
import type { Given, Properties } from "./core/properties.js";
import { PartlyDone, Provider } from "./core/provider.js";
import { unknown } from "./lifecycle/unknown.js";
import type { Failure } from "./lifecycle/check.js";
import { ResourceError } from "./lifecycle/errors.js";
import type { State } from "./lifecycle/reconcile.js";
import type { FullStackName } from "./stack-id.js";
import type { Pool } from "./transport/pool.js";

/** Properties as the engine passes them, with the line by which the plugin finds this module. */
type Passed<T = Properties> = T & { readonly __provider?: unknown };

/** The methods that Pulumi's dynamic-provider plugin calls, for one run of Pulumi. */
export class DynamicProvider {
  private readonly provider: Provider;

  /** @param print Shows the user a line that belongs to no resource. */
  constructor(
    pool: Pick<Pool, "transport">,
    print: (line: string) => void = () => undefined,
    stackIdOf: (stack: FullStackName) => string | undefined = () => undefined,
  ) {
    this.provider = new Provider(pool, print, stackIdOf);
  }

  /** Called once by the plugin. It is synchronous, since other calls may follow before its promise is awaited. */
  configure(request: { config: { get(key: string): string | undefined } }): void {
    const read = (key: string) => parseJson(request.config.get(key));
    this.provider.configure({ hosts: read("linuxnet:hosts"), defaults: read("linuxnet:defaults") });
  }

  /** Returns canonical inputs, or the problems of each property. */
  check(
    olds: Passed<Partial<Properties>> | undefined,
    news: Passed<Given>,
  ): Promise<{ inputs: State; failures: readonly Failure[] }> {
    const { inputs, failures } = this.provider.check(olds && received(olds), received(news));
    return Promise.resolve({ inputs: sent(inputs, news), failures });
  }

  /** Compares the inputs with the recorded state. No host is contacted. */
  diff(
    _id: string,
    olds: Passed,
    news: Passed,
  ): Promise<{ changes: boolean; replaces: readonly string[]; deleteBeforeReplace: boolean }> {
    const { changes, replaces, deleteBeforeReplace } = this.provider.diff(received(olds), received(news));
    return Promise.resolve({ changes, replaces, deleteBeforeReplace });
  }

  /** Creates the resource. What an earlier run created and could not record is taken over. */
  async create(news: Passed): Promise<{ id: string; outs: State }> {
    return await recordingFailures(news, async () => {
      const { id, state } = await this.provider.create(received(news));
      return { id, outs: sent(state, news) };
    });
  }

  /** Changes the resource in place. */
  async update(id: string, olds: Passed, news: Passed): Promise<{ outs: State }> {
    return await recordingFailures(news, async () => {
      const { state } = await this.provider.update(id, received(olds), received(news));
      return { outs: sent(state, news) };
    });
  }

  /** Returns what the host has as outputs and as inputs; no ID if the resource is proven to be gone. */
  async read(id: string, props: Passed): Promise<{ id?: string; props?: State; inputs?: State }> {
    return await withoutStackTrace(async () => {
      const found = await this.provider.read(received(props));
      return found ? { id, props: sent(found.state, props), inputs: sent(found.inputs, props) } : {};
    });
  }

  /** Deletes the resource; already gone is success. */
  async delete(_id: string, props: Passed): Promise<void> {
    await withoutStackTrace(async () => this.provider.delete(received(props)));
  }
}

/** The string that the engine passes for a value that is not known yet. */
const unknownString = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Replaces a value wherever it is in another one. */
function replaced(value: unknown, from: unknown, to: unknown): unknown {
  if (value === from) return to;
  if (Array.isArray(value)) return value.map((part: unknown) => replaced(part, from, to));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, replaced(part, from, to)]));
}

/** Properties from the engine, in the provider's own form. */
function received<T extends object>({ __provider, ...properties }: Passed<T>): T {
  return replaced(properties, unknownString, unknown) as T;
}

/** Properties for the engine, which records `__provider` with each resource. */
function sent(properties: State, { __provider }: Passed<object>): State {
  const own = replaced(properties, unknown, unknownString) as State;
  return { ...own, ...(__provider !== undefined && { __provider }) };
}

/** Turns a failure that leaves something behind into the error that makes the engine record it. */
async function recordingFailures<T>(news: Passed, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (!(error instanceof PartlyDone)) throw error;
    const { id, state, cause } = error;
    throw Object.assign(cause, { id, properties: sent(state, news), reasons: [cause.message] });
  }
}

/**
 * The plugin prints the stack trace of a failed read or delete next to the engine's message; users only need the
 * message.
 */
async function withoutStackTrace<T>(body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof ResourceError) {
      const { kind, name, host } = error.subject;
      Object.defineProperties(error, {
        toString: { value: () => "linuxnet" },
        stack: { value: `${kind} "${name}" on ${host} failed; the error is below` },
      });
    }
    throw error;
  }
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}
