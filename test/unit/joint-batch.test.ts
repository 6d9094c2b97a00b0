import { describe, expect, test } from "vitest";
import { type Command, type CommandResult, ip } from "../../provider/commands/command.js";
import { joinedQuestion, joinedTransaction } from "../../provider/commands/joined-rules.js";
import { parallelRemovalScript } from "../../provider/commands/joined-removals.js";
import { joinBatches } from "../../provider/transport/joint-batch.js";
import type { Batch } from "../../provider/transport/transport.js";

const asks = (command: Command): Command => ({ ...command, always: true });
const batch = (...commands: Command[]): Batch => ({ commands });
const ended = (exitCode: number, stdout = "", stderr = ""): CommandResult => ({ ran: true, exitCode, stdout, stderr });
const notRun: CommandResult = { ran: false, exitCode: -1, stdout: "", stderr: "" };

const add = (name: string) => ip(undefined, "link", "add", "name", name, "type", "bridge");
const up = (name: string) => ip(undefined, "link", "set", "dev", name, "up");
const show = (name: string, namespace?: string) => asks(ip(namespace, "-d", "-j", "address", "show", "dev", name));
const lines = ({ argv, stdin }: Command) => [argv.join(" "), ...(stdin ?? "").split("\n").filter(Boolean)];
const joinOf = (...batches: Batch[]) => {
  const joint = joinBatches(batches);
  return { processes: joint.batch.commands.map(lines), always: joint.batch.commands.map(({ always }) => always) };
};

describe("which commands are one process", () => {
  test("those of one batch that come one after the other, with the questions behind them", () => {
    expect(joinOf(batch(add("a"), up("a"), show("a"))).processes).toEqual([
      ["ip -d -j -batch -", "link add name a type bridge", "link set dev a up", "address show dev a"],
    ]);
  });

  test("those of several batches that are at the same stage; questions of those that only ask are apart, and go on", () => {
    expect(joinOf(batch(add("a"), show("a")), batch(show("b")), batch(add("c")), batch(show("d")))).toEqual({
      processes: [
        ["ip -d -j -batch -", "link add name a type bridge", "address show dev a", "link add name c type bridge"],
        ["ip -d -j -force -batch -", "address show dev b", "address show dev d"],
      ],
      always: [undefined, true],
    });
  });

  test("each namespace has its own, and what stands between two commands keeps its place", () => {
    const inBox = ip("box", "link", "set", "dev", "a", "up");
    const other = { argv: ["true"] };
    expect(joinOf(batch(add("a"), inBox, other, up("a"))).processes).toEqual([
      ["ip link add name a type bridge"],
      ["ip -n box link set dev a up"],
      ["true"],
      ["ip link set dev a up"],
    ]);
  });

  test("a deletion is apart from what uses the name again", () => {
    const gone = ip(undefined, "link", "delete", "dev", "a");
    expect(joinOf(batch(gone, add("a")), batch(ip(undefined, "link", "delete", "dev", "b"))).processes).toEqual([
      [`sh -c ${parallelRemovalScript}`, "link delete dev a", "link delete dev b"],
      ["ip link add name a type bridge"],
    ]);
  });

  test("interfaces are deleted side by side, in whatever namespace", () => {
    const gone = (namespace?: string) => ip(namespace, "link", "delete", "dev", "a");
    expect(joinOf(batch(gone("box1")), batch(gone("box2")), batch(gone())).processes).toEqual([
      [`sh -c ${parallelRemovalScript}`, "-n box1 link delete dev a", "-n box2 link delete dev a", "link delete dev a"],
    ]);
    expect(joinOf(batch(gone("*")), batch(gone("*"))).processes).toHaveLength(2);
  });

  test.each(["a b", "a'b", 'a"b', "a\\b", "a#b", "", "a\nb"])(
    "a word that a line cannot hold, %j, is its own",
    (word) => {
      const alias = ip(undefined, "link", "set", "dev", "a", "alias", word);
      expect(joinOf(batch(alias, alias)).processes).toHaveLength(2);
    },
  );

  test("the same question is asked once, and the same guard", () => {
    const guard = { argv: ["cat", "x"], always: false, expectStdout: "1" };
    const question = { argv: ["cat", "y"], always: true };
    expect(joinOf(batch(guard, question), batch(guard, question)).processes).toEqual([["cat x"], ["cat y"]]);
    expect(joinOf(batch({ argv: ["touch", "x"] }), batch({ argv: ["touch", "x"] })).processes).toHaveLength(2);
  });

  test("rules are asked for by all marks at once, and changed in one transaction a table", () => {
    const question = (mark: string) => asks(joinedQuestion({ argv: ["save"] }, [["-e", mark]]));
    const change = (port: number) =>
      joinedTransaction({ argv: ["restore"] }, [
        { table: "nat", lines: [`-A ${port}`] },
        { table: "mangle", lines: [`-A m${port}`] },
      ]);
    expect(joinOf(batch(question("a")), batch(question("b")), batch(question("a"))).processes).toEqual([
      ["save -e a -e b"],
    ]);
    expect(joinOf(batch(change(1)), batch(change(2))).processes).toEqual([
      ["restore", "*nat", "-A 1", "-A 2", "COMMIT", "*mangle", "-A m1", "-A m2", "COMMIT"],
    ]);
  });
});

describe("what came of each", () => {
  const settle = (batches: Batch[], ...results: CommandResult[]) => joinBatches(batches).splitResults(results);
  const two = [batch(add("a"), show("a")), batch(add("b"), show("b"))];

  test("all went well", () => {
    expect(settle(two, ended(0, '[{"ifname":"a"}]\n[{"ifname":"b"}]'))).toEqual([
      { results: [ended(0), ended(0, '[{"ifname":"a"}]')] },
      { results: [ended(0), ended(0, '[{"ifname":"b"}]')] },
    ]);
  });

  test("one fails: it has its own words, what was before is done, and the others have the rest to run", () => {
    const three = [...two, batch(add("c"), show("c"))];
    const failed = ended(1, '[{"ifname":"a"}]', "RTNETLINK answers: File exists\nCommand failed -:3");
    const [first, second, third] = settle(three, failed);
    expect(first).toEqual({ results: [ended(0), ended(0, '[{"ifname":"a"}]')] });
    expect(second!.rest?.commands).toEqual([show("b")]);
    expect(second!.rest && second!.complete([ended(0, "[]")])).toEqual([
      ended(1, "", "RTNETLINK answers: File exists"),
      ended(0, "[]"),
    ]);
    expect(third!.rest?.commands).toEqual([add("c"), show("c")]);
  });

  test("questions go on: each has its own answer, or its own failure", () => {
    const questions = [batch(show("a")), batch(show("b")), batch(show("c"))];
    const reply = ended(1, '[{"ifname":"a"}]\n[]', 'Device "b" does not exist.\nCommand failed -:2');
    expect(settle(questions, reply)).toEqual([
      { results: [ended(0, '[{"ifname":"a"}]')] },
      { results: [ended(1, "", 'Device "b" does not exist.')] },
      { results: [ended(0, "[]")] },
    ]);
  });

  test("a namespace that is not there is the answer to all questions about it", () => {
    const reply = ended(255, "", 'Cannot open network namespace "box": No such file or directory');
    const settled = settle([batch(show("a", "box")), batch(show("b", "box"))], reply);
    expect(settled).toEqual([{ results: [reply] }, { results: [reply] }]);
  });

  test.each([
    ["ends without a word of where", ended(255, "[]", 'Error: argument "x" is wrong')],
    ["prints something else than lines of JSON", ended(0, "[]\n[ {\n}]")],
    ["prints fewer answers than there are questions", ended(0, "[]")],
  ])("where `ip` %s, the questions are asked one by one", (_, reply) => {
    const settled = settle([batch(show("a")), batch(show("b"))], reply);
    expect(settled.map(({ rest }) => rest?.commands)).toEqual([[show("a")], [show("b")]]);
  });

  test("where it ends without a word of where, nobody knows what was done: all look again", () => {
    const [first, second] = settle(two, ended(255, "", 'Error: argument "x" is wrong: Device does not exist'));
    expect(first!.rest && first!.complete([ended(0, "[]")])).toEqual([notRun, ended(0, "[]")]);
    expect(second!.rest && second!.complete([ended(0, "[]")])).toEqual([notRun, ended(0, "[]")]);
  });

  test("a missing bridge or namespace ends it, too, and is the failure of the first that names it", () => {
    const join = (name: string, bridge: string) => ip(undefined, "link", "set", "dev", name, "master", bridge);
    const batches = [batch(add("a"), join("a", "br0")), batch(add("b"), join("b", "nosuch")), batch(add("c"))];
    const reply = ended(255, "", 'Error: argument "nosuch" is wrong: Device does not exist');
    const [first, second, third] = settle(batches, reply);
    expect(first).toEqual({ results: [ended(0), ended(0)] });
    expect(second).toEqual({ results: [ended(0), ended(255, "", reply.stderr)] });
    expect(third!.rest?.commands).toEqual([add("c")]);
    const away = ip(undefined, "link", "add", "name", "d", "netns", "box", "type", "veth");
    const [made, missing] = settle(
      [batch(add("a")), batch(away)],
      ended(255, "", 'Error: argument "box" is wrong: Invalid "netns" value'),
    );
    expect(made).toEqual({ results: [ended(0)] });
    expect(missing!.rest ? undefined : missing!.results[0]).toMatchObject({ ran: true, exitCode: 255 });
  });

  test("of interfaces that are deleted side by side, each has its own end; of one that is not told of, nobody knows it", () => {
    const gone = (name: string) => batch(ip(undefined, "link", "delete", "dev", name), show(name));
    const reply = ended(1, '#2 1 Cannot find device "b"\nand more\n#1 0 \n');
    const [first, second, third] = settle([gone("a"), gone("b"), gone("c")], reply, notRun);
    expect(first!.rest && first!.complete([ended(0, "[]")])).toEqual([ended(0), ended(0, "[]")]);
    expect(second!.rest && second!.complete([ended(0, "[]")])).toEqual([
      ended(1, "", 'Cannot find device "b"\nand more'),
      ended(0, "[]"),
    ]);
    expect(third!.rest && third!.complete([ended(0, "[]")])).toEqual([notRun, ended(0, "[]")]);
  });

  test("of a transaction that fails nobody knows whose lines it was about, unless it was one's alone", () => {
    const change = joinedTransaction({ argv: ["restore"] }, [{ table: "nat", lines: ["-A 1"] }]);
    const failed = ended(1, "", "line 2 failed");
    expect(settle([batch(change), batch(change)], failed)).toEqual([{ results: [notRun] }, { results: [notRun] }]);
    expect(settle([batch(change)], failed)).toEqual([{ results: [failed] }]);
  });

  test("a guard that does not hold keeps its batch from running, and the others from nothing but the company", () => {
    const guarded = (name: string, expectStdout: string) =>
      batch(
        { argv: ["cat", name], always: false, expectStdout },
        { argv: ["touch", name] },
        asks({ argv: ["cat", name] }),
      );
    const [first, second] = settle(
      [guarded("a", "1"), guarded("b", "1")],
      ended(0, "2"),
      notRun,
      notRun,
      notRun,
      ended(0, "2"),
      ended(0, "1"),
    );
    expect(first).toEqual({ results: [ended(0, "2"), notRun, ended(0, "2")] });
    expect(second!.rest?.commands).toHaveLength(3);
  });

  test("a shared reply says what was asked", () => {
    const question = (mark: string) => asks(joinedQuestion({ argv: ["save"] }, [["-e", mark]]));
    const [first] = settle([batch(question("a")), batch(question("b"))], ended(0, "rules"));
    expect(first!.rest ? undefined : first!.results[0]?.asked).toEqual({ argv: ["save", "-e", "a", "-e", "b"] });
  });
});
