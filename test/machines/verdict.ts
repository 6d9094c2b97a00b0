/** Checks whether the doctor is right. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { diagnose } from "../../provider/lifecycle/doctor.js";
import { catalogue } from "../../provider/resources/catalogue.js";
import { clearHost } from "../kernel/clear-host.ts";
import type { TestHost } from "../kernel/test-host.ts";
import { casesOf } from "../kinds/index.ts";
import { TestResource } from "../test-resource.ts";

/** Checks that what the doctor says can't be created on a host really can't, and that everything else can. */
export function testVerdict(start: () => Promise<TestHost>): void {
  let host: TestHost;
  let lacking: ReadonlySet<string>;
  beforeAll(async () => {
    host = await start();
    const { lacks } = await diagnose(host.transport, catalogue);
    lacking = new Set(lacks.flatMap(({ kinds }) => kinds));
  });
  afterEach(() => host.sh(clearHost));
  afterAll(() => host.stop());

  describe("the doctor is right about", () => {
    test.each(catalogue.map(({ kind }) => kind))("%s", async (kind) => {
      const { around = "true", made } = casesOf(kind).lives[0]!;
      host.sh(around);
      const resource = new TestResource(host, kind, "life");
      const outcome = await resource.up(made).then(
        () => "is made",
        (error: unknown) => String(error),
      );
      if (lacking.has(kind)) expect(outcome).toMatch(/→/);
      else expect(outcome).toBe("is made");
      if (resource.state) await resource.down();
    });
  });
}
