import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { DriftOfKind } from "../kinds/index.js";
import type { Damage, Inputs } from "../kinds/kind-cases.js";
import { TestResource } from "../test-resource.js";
import { clearHost } from "./clear-host.js";
import { expectUnsupported, isUnsupported } from "./unsupported.js";
import { WatchedTransport } from "./planned-commands.js";
import { TestHost } from "./test-host.js";
import { traces } from "./traces.js";

let host: TestHost;

/** One test for each damage: a refresh shows it, one up repairs it, and the damaged resource can be deleted. */
export function testDrifts(drifts: readonly DriftOfKind[]): void {
  beforeAll(async () => {
    host = await TestHost.start();
  });
  afterAll(() => host.stop());

  describe.each(drifts)("$label", ({ kind, around = "true", wanted, damages }) => {
    let before: string[];
    let whole: string[];
    /** Whether the host may differ from its state before the first test. */
    let dirty = true;
    let lacking: boolean;

    beforeEach(async () => {
      if (dirty) {
        host.sh(`${clearHost}; ${around}`);
        before = traces(host);
        lacking = isUnsupported(host, kind);
        if (lacking) return;
        const resource = new TestResource(host, kind, "drift");
        await resource.up(wanted);
        whole = traces(host);
        await resource.down();
        expect(traces(host)).toEqual(before);
      }
      dirty = true;
    });

    test.each(damages)("$by", async ({ by, shows, refused = false, then = "true", left = "true", debris = "true" }) => {
      if (lacking) {
        await expectUnsupported(host, new TestResource(host, kind, "drift"), wanted);
        dirty = false;
        return;
      }
      const watched = new WatchedTransport(host.transport);
      const resource = new TestResource({ transport: watched }, kind, "drift");
      const made = await resource.up(wanted);
      const shown = shows === "gone" ? shows : [...shows].sort();

      host.sh(by);
      const theirs = refused ? traces(host) : [];
      expect(await refresh(resource, wanted)).toEqual(shown);
      const found = resource.state;
      if (found) {
        expect(await refresh(resource, wanted), "refreshed once more").toEqual(shown);
        expect(resource.state).toEqual(found);
      }
      if (refused) {
        await expect(resource.up(wanted)).rejects.toThrow(/nothing was changed for this resource/);
        expect(traces(host), "refused").toEqual(theirs);
      }

      host.sh(then);
      await resource.up(wanted);
      expect(resource.changes(wanted), "repaired").toEqual([]);
      watched.planned = [];
      await resource.up(wanted);
      expect(watched.planned, "planned by a second up").toEqual([]);
      expect(await refresh(resource, wanted)).toEqual([]);
      host.sh(left);
      expect(traces(host), "repaired").toEqual(whole);

      host.sh(by);
      resource.state = made;
      await resource.down();
      host.sh(`${then}; ${left}; ${debris}`);
      expect(traces(host), "taken away as it was recorded").toEqual(before);

      await resource.up(wanted);
      host.sh(by);
      if (await resource.refresh()) await resource.down();
      host.sh(`${then}; ${left}; ${debris}`);
      expect(traces(host), "taken away as a refresh found it").toEqual(before);
      dirty = false;
    });
  });
}

async function refresh(resource: TestResource, wanted: Inputs): Promise<Damage["shows"]> {
  return (await resource.refresh()) ? resource.changes(wanted).sort() : "gone";
}
