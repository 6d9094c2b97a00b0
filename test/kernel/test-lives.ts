import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { allCases, livesOf } from "../kinds/index.js";
import { TestResource } from "../test-resource.js";
import { clearHost } from "./clear-host.js";
import { expectUnsupported, isUnsupported } from "./unsupported.js";
import type { TestHost } from "./test-host.js";

/** The life cycle of each kind on a host, with what other tools show of it. */
export function testLives(start: () => Promise<TestHost>): void {
  let host: TestHost;
  beforeAll(async () => {
    host = await start();
  });
  afterEach(() => host.sh(clearHost));
  afterAll(() => host.stop());

  describe.each(livesOf(allCases()))("$label", ({ kind, around = "true", made, shows, changes, damages }) => {
    const expectShown = (shown: Readonly<Record<string, RegExp>>) => {
      for (const [command, pattern] of Object.entries(shown)) expect(host.sh(command), command).toMatch(pattern);
    };

    test("is made, changed in place, repaired and taken away without a trace", async () => {
      host.sh(around);
      const before = host.dump();
      const resource = new TestResource(host, kind, "life");
      if (isUnsupported(host, kind)) {
        for (const inputs of [made, ...changes.map(({ to }) => to)]) await expectUnsupported(host, resource, inputs);
        return;
      }
      let wanted = made;

      await resource.up(made);
      expectShown(shows);
      expect(resource.changes(made)).toEqual([]);

      for (const { to, paths, shows } of changes) {
        expect(resource.changes(to).sort(), `changes to ${JSON.stringify(to)}`).toEqual([...paths].sort());
        await resource.up(to);
        expectShown(shows);
        expect(resource.changes(to)).toEqual([]);
        await resource.refresh();
        expect(resource.changes(to), "after a refresh").toEqual([]);
        wanted = to;
      }

      for (const { by, paths } of damages) {
        host.sh(by);
        const found = await resource.refresh();
        if (paths === "gone") expect(found, by).toBeUndefined();
        else expect(resource.changes(wanted).sort(), by).toEqual([...paths].sort());
        // The surroundings may have been deleted too: those inside a namespace are lost when it is recreated.
        if (paths === "gone") host.sh(`${around} 2>/dev/null; true`);
        await resource.up(wanted);
        expect(resource.changes(wanted), `repaired after ${by}`).toEqual([]);
      }

      await resource.down();
      expect(host.dump()).toBe(before);
    });
  });
}
