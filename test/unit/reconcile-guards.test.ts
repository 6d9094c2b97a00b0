import { expect, test } from "vitest";
import { ResourceError } from "../../provider/lifecycle/errors.js";
import { ensure, observeForRefresh, remove } from "../../provider/lifecycle/reconcile.js";
import { TransportError, type TransportFailure } from "../../provider/transport/transport.js";
import { failures } from "./classify-cases.js";
import { type Reply, readRecordings } from "./recording.js";
import { ThingHost, failing, mark, once } from "./thing.js";

const transactional = { transactional: true };

test("a transaction asks again under the lock, before it changes anything", async () => {
  const host = new ThingHost();
  host.things.set("x", { mark, size: 1 });
  expect(await ensure(host.task(undefined, transactional))).toEqual({ name: "x", size: 3 });
  const [look, change] = host.transport.batches;
  expect(look?.lock).toBeUndefined();
  expect(change?.lock).toBe(true);
  expect(change?.commands).toEqual([
    { argv: ["look", "x"], always: false, expectStdout: JSON.stringify({ mark, size: 1 }) },
    { argv: ["size", "x", "3"], stdin: "size 3\n" },
    { argv: ["look", "x"], always: true },
  ]);
});

test("where the host is not as seen, nothing of the plan is run, and a new one is made", async () => {
  const host = new ThingHost((command, host) => {
    if (command.expectStdout !== undefined && host.things.get("x")?.size === 1) host.things.set("x", { mark, size: 2 });
    return undefined;
  });
  host.things.set("x", { mark, size: 1 });
  expect(await ensure(host.task(undefined, transactional))).toEqual({ name: "x", size: 3 });
  expect(host.changes).toEqual(["size x 3"]);
  expect(host.transport.batches).toHaveLength(4);
});

test("where the host changes again and again, it is given up after five tries, with nothing run", async () => {
  let size = 10;
  const host = new ThingHost((command, host) => {
    if (command.expectStdout !== undefined) host.things.set("x", { mark, size: size++ });
    return undefined;
  });
  host.things.set("x", { mark, size: 1 });
  await expect(ensure(host.task(undefined, transactional))).rejects.toThrow(
    /the host kept changing or the connection kept breaking \(5 tries\)/,
  );
  expect(host.changes).toEqual([]);
});

test("a delete runs under the same guard", async () => {
  const host = new ThingHost((command, host) => {
    if (command.expectStdout !== undefined && host.things.get("x")?.size === 1)
      host.things.set("x", { mark: "somebody", size: 1 });
    return undefined;
  });
  host.things.set("x", { mark, size: 1 });
  await remove(host.task(undefined, transactional));
  expect(host.changes).toEqual([]);
  expect(host.things.get("x")?.mark).toBe("somebody");
});

test("a delete of what is missing is a success, and only looks", async () => {
  const host = new ThingHost();
  await remove(host.task());
  expect(host.transport.batches).toHaveLength(1);
});

test("a delete takes it away, and looks whether it is", async () => {
  const host = new ThingHost();
  host.things.set("x", { mark, size: 3 });
  await remove(host.task());
  expect(host.changes).toEqual(["unmake x"]);
  expect(host.things.size).toBe(0);
});

test("what goes away while it is being deleted is as good as deleted", async () => {
  const host = new ThingHost(
    once(({ argv }, host) => {
      if (argv[0] !== "unmake") return undefined;
      host.things.delete("x");
      return { exitCode: 1, stderr: 'Cannot find device "x"\n' };
    }),
  );
  host.things.set("x", { mark, size: 3 });
  await remove(host.task());
  expect(host.changes).toEqual(["unmake x"]);
});

test("a delete that fails is an error with its command", async () => {
  const host = new ThingHost(
    failing("unmake", { exitCode: 2, stderr: "RTNETLINK answers: Device or resource busy\n" }),
  );
  host.things.set("x", { mark, size: 3 });
  await expect(remove(host.task())).rejects.toThrow(
    /^Thing "one" on host1: RTNETLINK answers: Device or resource busy\n {2}step 1 of 1: unmake x\n {2}exit code 2$/,
  );
});

test("what comes back as often as it is deleted is an error after five tries", async () => {
  const host = new ThingHost(failing("unmake", {}));
  host.things.set("x", { mark, size: 3 });
  await expect(remove(host.task())).rejects.toThrow(/is still there after 5 tries to delete it/);
  expect(host.changes).toHaveLength(5);
});

const recordings = readRecordings<Reply>("failures");
const proofs = ["no-object", "no-namespace", "stale-namespace"];

test.each([...failures])("a look that ends in $title ($kind)", async ({ title, kind }) => {
  const { exitCode, stdout, stderr } = recordings[title]!;
  const task = new ThingHost(failing("look", { exitCode, stdout, stderr })).task();
  if (proofs.includes(kind)) {
    expect(await observeForRefresh(task)).not.toHaveProperty("state");
    await remove(task);
    return;
  }
  // Never "gone": neither for a read, nor for a delete, nor for an update.
  await expect(observeForRefresh(task)).rejects.toBeInstanceOf(ResourceError);
  await expect(remove(task)).rejects.toBeInstanceOf(ResourceError);
  await expect(ensure(task)).rejects.toBeInstanceOf(ResourceError);
});

test.each<TransportFailure>([
  "unreachable",
  "authentication",
  "host-key",
  "privilege",
  "timeout",
  "output-limit",
  "locked",
  "configuration",
])("no answer (%s) is an error, and never tried again", async (reason) => {
  const host = new ThingHost(() => {
    throw new TransportError(reason, "not-started", "host1", "what happened, and what to do");
  });
  await expect(observeForRefresh(host.task())).rejects.toThrow(/^Thing "one" on host1: what happened, and what to do$/);
  await expect(remove(host.task())).rejects.toMatchObject({ cause: { reason } });
  await expect(ensure(host.task())).rejects.toBeInstanceOf(ResourceError);
  expect(host.transport.batches).toHaveLength(3);
});

test("what a host says can't lead a terminal astray, and all of it is shown", async () => {
  const stderr = "first\u001b[2J line\nsecond\u202e line\n";
  const host = new ThingHost(failing("look", { exitCode: 7, stderr }));
  await expect(observeForRefresh(host.task())).rejects.toThrow(
    'Thing "one" on host1: first\\u{1b}[2J line\n  look x\n  exit code 7: first\\u{1b}[2J line\n  second\\u{202e} line',
  );
});

test("a silent failure names its exit code", async () => {
  const host = new ThingHost(failing("look", { exitCode: 3 }));
  await expect(observeForRefresh(host.task())).rejects.toThrow(/on host1: a command failed with exit code 3\n/);
});
