/** One batch on a separate connection: what a user of a host would experience. */
import { expect } from "vitest";
import type { SshConnection } from "../../provider/transport/connection.js";
import { createPool, type PoolOptions } from "../../provider/transport/pool.js";
import { TransportError } from "../../provider/transport/transport.js";

/** Prints `ok`. */
export const BATCH = { commands: [{ argv: ["echo", "ok"] }] };

/** Runs one batch in a separate pool: its output, or the error. */
export async function outcomeOf(
  connection: SshConnection,
  options: PoolOptions = {},
): Promise<string | TransportError> {
  const pool = createPool(options);
  try {
    return (await pool.transport(connection).run(BATCH))[0]?.stdout ?? "";
  } catch (error) {
    if (error instanceof TransportError) return error;
    throw error;
  } finally {
    await pool.close();
  }
}

/** The error of a batch, none of which may have run. */
export async function failureOf(connection: SshConnection, options: PoolOptions = {}): Promise<TransportError> {
  const outcome = await outcomeOf(connection, options);
  if (typeof outcome === "string") throw new Error(`It was expected to fail, and printed ${outcome}.`);
  expect(outcome).toMatchObject({ outcome: "not-started", host: connection.name });
  return outcome;
}

/** The output of a command on a separate connection; throws if it fails. */
export async function runOn(connection: SshConnection, argv: readonly string[]): Promise<string> {
  const pool = createPool();
  try {
    const [result] = await pool.transport(connection).run({ commands: [{ argv }] });
    return result!.stdout;
  } finally {
    await pool.close();
  }
}
