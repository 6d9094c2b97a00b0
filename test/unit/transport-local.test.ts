import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe } from "vitest";
import { createLocalTransport } from "../../provider/transport/local.js";
import type { Transport } from "../../provider/transport/transport.js";
import { testContract } from "./transport-contract.js";

/** The shells that hosts have as /bin/sh: Debian's, Red Hat's, Alpine's. */
const SHELLS: [string, ...string[]][] = [["dash"], ["bash", "--posix"], ["busybox", "sh"]];

describe.each(SHELLS)("a local transport with %s", (...shell) => {
  let folder: string;
  let transport: Transport;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "linuxnet-transport-"));
    transport = createLocalTransport(
      { kind: "local", name: "here", sudo: false },
      { shell, lock: { path: join(folder, "lock") } },
    );
  });
  afterAll(async () => {
    await transport.close();
    await rm(folder, { recursive: true });
  });

  testContract(() => transport);
});
