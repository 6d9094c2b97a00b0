import { spawn } from "node:child_process";
import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestResource } from "../test-resource.js";
import { useLegacyIptables } from "./iptables-backend.js";
import { TestHost } from "./test-host.js";

let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
  // Only the legacy backend has a lock; nf_tables has transactions.
  useLegacyIptables(host);
});
afterAll(() => host.stop());

const wanted = { source: "10.1.0.0/16" };
const rules = () => host.sh("iptables-save -t nat | grep ^-A || true");

/** Holds the lock of legacy iptables for this many seconds, or until it is released. */
async function holdLock(time: number): Promise<{ letGo(): Promise<void> }> {
  const [program, ...args] = host.argv("flock", "/run/xtables.lock", "sh", "-c", `echo $$; exec sleep ${time}`);
  const holder = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(holder, "exit");
  const [printed] = (await once(holder.stdout, "data")) as [Buffer];
  return {
    async letGo() {
      host.sh(`kill ${Number(printed)}`);
      await ended;
    },
  };
}

const secondsFrom = (begin: number) => (performance.now() - begin) / 1000;

test("a lock that is held for a moment is waited for", async () => {
  const resource = new TestResource(host, "MasqueradeRule", "lan");
  await holdLock(3);
  const begin = performance.now();
  await resource.up(wanted);
  expect(secondsFrom(begin)).toBeGreaterThan(2);
  await resource.down();
  expect(rules()).toBe("");
});

test("a lock that stays held is an error after a bounded wait, in create and in delete, and nothing is lost", async () => {
  const made = new TestResource(host, "MasqueradeRule", "lan");
  await made.up(wanted);
  const before = rules();
  const holder = await holdLock(120);

  const late = new TestResource(host, "MasqueradeRule", "late");
  const begin = performance.now();
  const errors = [await refusal(late.up({ source: "10.2.0.0/16" })), await refusal(made.down())];
  expect(secondsFrom(begin)).toBeLessThan(2 * 15);
  for (const [index, name] of ["late", "lan"].entries()) {
    expect(errors[index]).toContain(`MasqueradeRule "${name}" on kernel: Can't lock /run/xtables.lock`);
    expect(errors[index]).toContain("Another program held the iptables lock for too long; run `pulumi up` again.");
    // flock, which takes the lock, has started the shell that became sleep.
    expect(errors[index]).toMatch(/the lock is held by (flock|sleep) \(pid \d+\)/);
  }
  expect(rules()).toBe(before);

  await holder.letGo();
  await late.up({ source: "10.2.0.0/16" });
  await late.down();
  await made.down();
  expect(rules()).toBe("");
});

async function refusal(attempt: Promise<unknown>): Promise<string> {
  const error: unknown = await attempt.then(
    () => "it did not fail",
    (error: unknown) => error,
  );
  return error instanceof Error ? error.message : String(error);
}
