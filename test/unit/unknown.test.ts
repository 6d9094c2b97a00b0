/** Every property may be unknown in a preview: it is accepted, and is a change if the property is part of the state. */
import { describe, expect, test } from "vitest";
import { DynamicProvider } from "../../provider/dynamic.js";
import { withValue } from "../inputs/with-value.js";
import { unknown as passed } from "../kinds/diff-answers.js";
import { allCases } from "../kinds/index.js";

const owner = { project: "shop", stack: "dev", name: "one" };
const noHost = {
  transport: (): never => {
    throw new Error("a host was asked");
  },
};
// How a host is reached, and what allows a create, is not part of the state.
const notRecorded = ["host", "adopt", "allowLockout"];

describe.each(allCases())("$kind", ({ kind, good, domains }) => {
  const paths = new Set(["", ...Object.keys(domains).map((path) => path.replace(/\[\].*/, ""))]);
  test.each([...paths])("unknown: %s", async (path) => {
    const provider = new DynamicProvider(noHost);
    const recorded = (await provider.check({}, { kind, owner, host: { local: true }, ...good })).inputs;
    const wanted = path === "" ? good : withValue(good, path, passed);
    const { inputs, failures } = await provider.check({}, { kind, owner, host: { local: true }, ...wanted });
    expect(failures).toEqual([]);
    if (path !== "") expect(JSON.stringify(inputs)).toContain(passed);
    const { changes } = await provider.diff("id", recorded as never, inputs as never);
    if (!notRecorded.includes(path) && path !== "") expect(changes).toBe(true);
  });
});
