import { afterEach, expect, test, vi } from "vitest";
import { PartialError, ResourceError } from "../../provider/lifecycle/errors.js";
import { ensure, observeForRefresh, remove } from "../../provider/lifecycle/reconcile.js";
import { TransportError } from "../../provider/transport/transport.js";
import { ThingHost, failing, mark, once } from "./thing.js";

afterEach(() => vi.useRealTimers());

/** The error of an action that must fail. */
async function failureOf(action: Promise<unknown>): Promise<ResourceError> {
  const error = await action.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(ResourceError);
  return error as ResourceError;
}

const lost = new TransportError("lost", "unknown", "host1", "the connection to host1 broke");

test("a create looks once, makes it and looks again: two round trips", async () => {
  const host = new ThingHost();
  expect(await ensure(host.task())).toEqual({ name: "x", size: 3 });
  expect(host.transport.batches.map(({ commands, lock }) => [commands.map(({ argv }) => argv[0]), lock])).toEqual([
    [["look"], undefined],
    [["make", "size", "look"], false],
  ]);
});

test("what is as wanted is only looked at", async () => {
  const host = new ThingHost();
  host.things.set("x", { mark, size: 3 });
  expect(await ensure(host.task())).toEqual({ name: "x", size: 3 });
  expect(host.transport.batches).toHaveLength(1);
});

test("what an earlier run made and did not record is taken over where it stopped", async () => {
  const host = new ThingHost();
  host.things.set("x", { mark, size: 0 });
  expect(await ensure(host.task())).toEqual({ name: "x", size: 3 });
  expect(host.changes).toEqual(["size x 3"]);
});

test.each(["mine", "linuxnet:shop/prod/Thing/one", "linuxnet:other/dev/Thing/one"])(
  "%s is somebody else's: nothing is run, neither for a create nor for a delete",
  async (other) => {
    const host = new ThingHost();
    host.things.set("x", { mark: other, size: 1 });
    const error = await failureOf(ensure(host.task()));
    expect(error.message).toBe(
      `Thing "one" on host1: name "x" is held by ${other}; nothing was changed for this resource\n  → Choose another.\n  → Or take it over with \`adopt: true\`.`,
    );
    await remove(host.task());
    expect(host.changes).toEqual([]);
    expect(host.things.get("x")).toEqual({ mark: other, size: 1 });
  },
);

test("what another resource of this stack holds is waited for", async () => {
  vi.useFakeTimers();
  const host = new ThingHost();
  host.things.set("x", { mark: "linuxnet:shop/dev/Thing/two", size: 1 });
  const made = ensure(host.task());
  await vi.advanceTimersByTimeAsync(3000);
  expect(host.changes).toEqual([]);
  host.things.delete("x");
  await vi.advanceTimersByTimeAsync(1000);
  expect(await made).toEqual({ name: "x", size: 3 });
});

test("what another resource of this stack keeps is refused, with its name", async () => {
  vi.useFakeTimers();
  const host = new ThingHost();
  host.things.set("x", { mark: "linuxnet:shop/dev/Thing/two", size: 1 });
  const failed = failureOf(ensure(host.task()));
  await vi.advanceTimersByTimeAsync(20_000);
  expect((await failed).message).toMatch(
    /That is Thing "two" of this same stack\. If it was renamed, say so with `aliases`/,
  );
  expect(host.changes).toEqual([]);
});

test("a create that fails half-way takes its own parts away, and says which step failed", async () => {
  const host = new ThingHost(failing("size", { exitCode: 2, stderr: "RTNETLINK answers: Operation not permitted\n" }));
  const error = await failureOf(ensure(host.task()));
  expect(error).not.toBeInstanceOf(PartialError);
  expect(error.message.split("\n")).toEqual([
    'Thing "one" on host1: RTNETLINK answers: Operation not permitted',
    "  step 2 of 2: size x 3",
    "  | size 3",
    "  exit code 2",
    expect.stringMatching(/^ {2}→ Changing the network needs root/),
  ]);
  expect(host.changes).toEqual([`make x ${mark}`, "size x 3", "unmake x"]);
  expect(host.things.size).toBe(0);
});

test("what a create found before it changed it is known when it is undone, to be put back", async () => {
  const task = new ThingHost(failing("size")).task();
  const { remove: removeThing } = task.definition;
  let recorded: unknown;
  const definition: typeof task.definition = {
    ...task.definition,
    remember: () => ({ found: "0" }),
    remove(inputs, answers, context) {
      recorded = context.recorded;
      return removeThing(inputs, answers, context);
    },
  };
  await failureOf(ensure({ ...task, definition }));
  expect(recorded).toEqual({ host: "host1", name: "x", size: 3, found: "0" });
});

test("a create that fails and cannot be undone is recorded as far as it came", async () => {
  const host = new ThingHost((command, host) => failing("size")(command, host) ?? failing("unmake")(command, host));
  const error = await failureOf(ensure(host.task()));
  expect(error).toBeInstanceOf(PartialError);
  expect(error).toHaveProperty("state", { name: "x", size: 0 });
  expect(error.message).toMatch(/step 2 of 2: size x 3/);
});

test("an update that fails takes nothing away and is recorded as the host has it", async () => {
  const host = new ThingHost(failing("size"));
  host.things.set("x", { mark, size: 1 });
  const error = await failureOf(ensure(host.task()));
  expect(error).toHaveProperty("state", { name: "x", size: 1 });
  expect(host.things.get("x")).toEqual({ mark, size: 1 });
});

test("a property that the host does not take over is an error, and a new thing is taken away again", async () => {
  const host = new ThingHost(failing("size", { exitCode: 0 }));
  const error = await failureOf(ensure(host.task()));
  expect(error).not.toBeInstanceOf(PartialError);
  expect(error.message).toMatch(/the host did not take over every property\n {2}size: asked for 3, has 0/);
  expect(host.things.size).toBe(0);

  host.things.set("x", { mark, size: 1 });
  expect(await failureOf(ensure(host.task()))).toBeInstanceOf(PartialError);
  expect(host.things.size).toBe(1);
});

test("what is not there after it was made without an error is an error", async () => {
  const host = new ThingHost(({ argv }) => (["make", "size"].includes(argv[0]!) ? {} : undefined));
  const error = await failureOf(ensure(host.task({ name: "x", size: 3, namespace: "box" })));
  expect(error.message).toMatch(/the commands succeeded, but it does not exist\n {2}→ Is the namespace box there\?/);
});

test("foreign at the moment of the leap: refused, and not undone", async () => {
  const host = new ThingHost(
    once(({ argv }, host) => {
      if (argv[0] === "make") host.things.set("x", { mark: "somebody", size: 9 });
      return undefined;
    }),
  );
  const error = await failureOf(ensure(host.task()));
  expect(error.message).toMatch(/held by somebody; nothing was changed for this resource/);
  expect(host.things.get("x")).toEqual({ mark: "somebody", size: 9 });
});

test("foreign after a part was made, which is taken away again: no word of that nothing was changed", async () => {
  const host = new ThingHost(({ argv }, host) => {
    if (argv[0] !== "size") return undefined;
    host.things.set("x", { mark: "somebody", size: 9 });
    return { exitCode: 2, stderr: "Error: broken.\n" };
  });
  const error = await failureOf(ensure(host.task()));
  expect(error.message).toMatch(/held by somebody\n/);
  expect(host.changes).toEqual([`make x ${mark}`, "size x 3"]);
  expect(host.things.get("x")).toEqual({ mark: "somebody", size: 9 });
});

test("foreign after a try of which nobody knows how far it came: no word of that nothing was changed", async () => {
  const host = new ThingHost(
    once(({ argv }, host) => {
      if (argv[0] !== "make") return undefined;
      host.things.set("x", { mark: "somebody", size: 9 });
      throw lost;
    }),
  );
  expect((await failureOf(ensure(host.task()))).message).toMatch(/held by somebody\n/);
});

test.each<[string, boolean, string[]]>([
  ["after the command was run: it is not run again", true, [`make x ${mark}`, "size x 3"]],
  ["before the command was run: it is run then", false, [`make x ${mark}`, `make x ${mark}`, "size x 3"]],
])("the connection breaks %s", async (_title, ran, changes) => {
  let broken = false;
  const host = new ThingHost((command, host) => {
    if (command.argv[0] !== "make" || broken) return undefined;
    broken = true;
    if (ran) host.run(command);
    throw lost;
  });
  expect(await ensure(host.task())).toEqual({ name: "x", size: 3 });
  expect(host.changes).toEqual(changes);
});

test("the connection that breaks at each try is given up after five", async () => {
  const host = new ThingHost(({ argv }) => {
    if (argv[0] === "make") throw lost;
    return undefined;
  });
  const error = await failureOf(ensure(host.task()));
  expect(error.message).toMatch(
    /the host kept changing or the connection kept breaking \(5 tries\)\n {2}→ Run `pulumi up` again/,
  );
  expect(host.transport.batches).toHaveLength(10);
});

test("a look whose connection breaks is repeated, five times at most", async () => {
  let broken = 4;
  const host = new ThingHost(() => {
    if (broken-- > 0) throw lost;
    return undefined;
  });
  expect(await observeForRefresh(host.task())).not.toHaveProperty("state");
  broken = 5;
  expect((await failureOf(observeForRefresh(host.task()))).message).toMatch(/the connection to host1 broke/);
});
