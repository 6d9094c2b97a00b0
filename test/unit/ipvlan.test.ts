/**
 * The plans for an Ipvlan that exists. The kernel that the tests run on may not support ipvlan, so these do not use
 * recorded replies: they start after the parser of links, with the output that iproute2's source defines
 * (ip/iplink_ipvlan.c).
 */
import { describe, expect, test } from "vitest";
import type { Link } from "../../provider/commands/link.js";
import { newLink } from "../../provider/commands/link-plan.js";
import { type State, stateDifferences } from "../../provider/lifecycle/reconcile.js";
import { displayCommand } from "../../provider/transport/quoting.js";
import { createFakeTransport } from "../fake-transport.js";
import { addInside } from "../kinds/shown-commands.js";
import { TestResource } from "../test-resource.js";

const wanted = { name: "eth0", namespace: "box", parent: "p0", addresses: ["10.0.0.2/24"] };

/**
 * What is observed of an Ipvlan that was created as wanted and then altered, the commands of the update, and those of
 * the delete.
 */
function planFor(altered: Partial<Link>, asked: object = wanted, parent: "there" | "missing" = "there") {
  const resource = new TestResource({ transport: createFakeTransport() }, "Ipvlan", "one");
  const { definition, inputs, context } = resource.task(resource.inputs({ ...asked }));
  const plain = { ...newLink({ ...wanted, mark: "", group: 0, up: true }, "ipvlan"), up: true, mtu: 1500 };
  const link: Link = {
    ...plain,
    alias: context.mark,
    group: context.group,
    peer: 3,
    addresses: wanted.addresses,
    info: { mode: "l2", bridge: true },
    ...altered,
  };
  const answers = {
    link: { value: link },
    parent: parent === "there" ? { value: { ...plain, name: "p0", kind: "veth", ifindex: 3 } } : { missing: "object" },
  };
  const lines = (plan: readonly { readonly argv: readonly string[] }[]) =>
    plan.map(({ argv }) =>
      displayCommand(argv).replaceAll(context.mark, "MARK").replaceAll(String(context.group), "GROUP"),
    );
  const { state, foreign } = definition.interpret(inputs, answers as never, context);
  return {
    foreign,
    sees: state && stateDifferences(definition, inputs, context, state as State).map(({ path }) => path),
    plan: lines(definition.plan(inputs, answers as never, context)),
    remove: lines(definition.remove(inputs, answers as never, context)),
  };
}

const remove = ["ip -n box link delete dev eth0"];
const makeAnew = [
  addInside("eth0", "group GROUP dev eth0 link p0 netns box type ipvlan mode l2 bridge"),
  "ip -n box link set dev eth0 alias MARK",
  "ip -n box address replace 10.0.0.2/24 dev eth0",
  "ip -n box link set dev eth0 up",
];

test("as wanted, there is nothing to do", () => {
  expect(planFor({})).toEqual({ foreign: undefined, sees: [], plan: [], remove });
});

describe("its mode and its flag are changed in place, and always said together", () => {
  test.each<[string, Partial<Link>, object, string[], string]>([
    ["another mode is wanted", {}, { mode: "l3" }, ["mode"], "mode l3 bridge"],
    ["another flag is wanted", {}, { flag: "private" }, ["flag"], "mode l2 private"],
    ["the mode was altered", { info: { mode: "l3s", bridge: true } }, {}, ["mode"], "mode l2 bridge"],
    ["the flag was altered", { info: { mode: "l2", private: true } }, {}, ["flag"], "mode l2 bridge"],
    ["the other flag stays", { info: { mode: "l3", vepa: true } }, { flag: "vepa" }, ["mode"], "mode l2 vepa"],
  ])("%s", (_, altered, more, sees, options) => {
    const plan = [`ip -n box link set dev eth0 type ipvlan ${options}`];
    expect(planFor(altered, { ...wanted, ...more })).toEqual({ foreign: undefined, sees, plan, remove });
  });
});

test("on another parent it is made anew, and left as it is where the wanted one is not there", () => {
  expect(planFor({ peer: 7 })).toMatchObject({ sees: ["parent"], plan: [...remove, ...makeAnew] });
  expect(planFor({}, wanted, "missing")).toMatchObject({ sees: ["parent"], plan: makeAnew });
});

test("somebody else's is refused, and can be adopted only on the same parent", () => {
  const theirs = { alias: undefined, group: 0 };
  expect(planFor(theirs)).toMatchObject({
    foreign: {
      property: "name",
      conflict: "held by an ipvlan interface that this stack did not create",
      adoptable: true,
    },
    remove: [],
  });
  expect(planFor({ ...theirs, peer: 7 }).foreign).toMatchObject({ adoptable: false });
});

test("left out, the MTU is the parent's business", () => {
  expect(planFor({ mtu: 9000 })).toMatchObject({ sees: [], plan: [] });
  expect(planFor({ mtu: 9000 }, { ...wanted, mtu: 1400 })).toMatchObject({
    sees: ["mtu"],
    plan: ["ip -n box link set dev eth0 mtu 1400"],
  });
});
