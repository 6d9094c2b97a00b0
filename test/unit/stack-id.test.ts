import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  defaultMac,
  groupOf,
  isOfStack,
  markOf,
  parseMark,
  parseStack,
  protocolOf,
  stackMark,
  stackLabel,
} from "../../provider/lifecycle/ownership.js";
import { stackIdOf } from "../../provider/stack-id.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "linuxnet-stack-id-"));
  const write = (name: string, text: string) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };
  write("plain/Pulumi.yaml", "name: shop\nruntime: nodejs\n");
  write("own/Pulumi.yaml", "name: shop\nruntime: nodejs\nbackend:\n  url: s3://own\n");
  write("own/deeper/index.ts", "");
  write("login/credentials.json", '{ "current": "s3://current" }');
  write("broken/credentials.json", "{");
});
afterAll(() => rmSync(folder, { recursive: true }));

const names = { organization: "organization", project: "shop", stack: "dev" };
const idIn = (env: NodeJS.ProcessEnv, place: string, more: object = {}) =>
  stackIdOf({ ...names, ...more }, { PULUMI_HOME: path.join(folder, "nowhere"), ...env }, path.join(folder, place));

describe("the id of a stack", () => {
  test("is ten hexadecimal digits, and the same at every run", () => {
    expect(idIn({}, "plain")).toMatch(/^[0-9a-f]{10}$/);
    expect(idIn({}, "plain")).toBe(idIn({}, "plain"));
  });

  test.each<[string, object]>([
    ["organization", { organization: "acme" }],
    ["project", { project: "store" }],
    ["stack", { stack: "prod" }],
  ])("is another one in another %s", (_what, other) => {
    expect(idIn({}, "plain", other)).not.toBe(idIn({}, "plain"));
  });

  test("is the backend's that the CLI would use: the environment's, the project's, the last login's", () => {
    const login = { PULUMI_HOME: path.join(folder, "login") };
    const ids = [
      idIn({ PULUMI_BACKEND_URL: "s3://env", ...login }, "own"),
      idIn(login, "own"),
      idIn(login, "plain"),
      idIn({}, "plain"),
    ];
    expect(new Set(ids).size).toBe(ids.length);
    expect(idIn({ PULUMI_BACKEND_URL: "s3://own" }, "plain")).toBe(idIn({}, "own"));
    expect(idIn({ PULUMI_BACKEND_URL: "s3://own/" }, "plain")).toBe(idIn({}, "own/deeper"));
    expect(idIn({ PULUMI_BACKEND_URL: "s3://current" }, "plain")).toBe(idIn(login, "plain"));
    expect(idIn({ PULUMI_CREDENTIALS_PATH: path.join(folder, "login") }, "plain")).toBe(idIn(login, "plain"));
    expect(idIn({ PULUMI_HOME: path.join(folder, "broken") }, "plain")).toBe(idIn({}, "plain"));
    expect(idIn({ PULUMI_BACKEND_URL: "https://api.pulumi.com" }, "plain")).toBe(idIn({}, "plain"));
  });

  test("of a file backend is that of its place, however it is written", () => {
    const at = (url: string) => idIn({ PULUMI_BACKEND_URL: url }, "plain");
    expect(at("file://~/state")).toBe(at(`file://${os.homedir()}/state`));
    expect(at("file://./state")).toBe(at(`file://${folder}/plain/state`));
    expect(at("file:///a/state?no_tmp_dir=true")).toBe(at("file:///a/state"));
    expect(at("file:///a/state")).not.toBe(at("file:///b/state"));
  });
});

const id = "4f1c90ab3e";
const owner = { project: "shop", stack: "dev", id, name: "web" };

describe("marks with an id", () => {
  test.each([
    ["plain names", owner, "linuxnet:shop/dev@4f1c90ab3e/Veth/web"],
    ["a component's name", { ...owner, name: "net-web:eth0" }, "linuxnet:shop/dev@4f1c90ab3e/Veth/net-web:eth0"],
    [
      "a name with other characters",
      { ...owner, name: "a b@c" },
      expect.stringMatching(/^linuxnet:shop\/dev@4f1c90ab3e\/Veth\/a_b_c-[0-9a-f]{16}$/),
    ],
    [
      "long names of project and stack",
      { ...owner, project: "p".repeat(60), stack: "s".repeat(45) },
      `linuxnet:${"p".repeat(30)}/${"s".repeat(24)}@4f1c90ab3e/Veth/web`,
    ],
    [
      "all of them long",
      { project: "p".repeat(100), stack: "s".repeat(100), id, name: "n".repeat(200) },
      expect.stringMatching(/^linuxnet:p{30}\/s{24}@4f1c90ab3e\/Veth\/n+-[0-9a-f]{16}$/),
    ],
  ])("%s", (_what, { ...whose }, mark) => {
    const found = markOf("Veth", whose);
    expect(found).toEqual(mark);
    expect(found.length).toBeLessThanOrEqual(120);
    expect(parseMark(found)).toMatchObject({ kind: "Veth", owner: { id } });
    expect(found.startsWith(stackMark(whose))).toBe(true);
    expect(isOfStack(found, whose)).toBe(true);
    expect(isOfStack(found, { ...whose, id: "0000000000" })).toBe(false);
    // Resources that were moved to another stack keep the id, and belong to that one.
    expect(isOfStack(found, { project: "other", stack: "names", id })).toBe(false);
  });

  test("names that differ behind the place where they are cut have other marks", () => {
    const long = "n".repeat(100);
    expect(markOf("Veth", { ...owner, name: `${long}1` })).not.toBe(markOf("Veth", { ...owner, name: `${long}2` }));
  });

  test("a mark of version 0.1.0 is a stack's without an id, and no other's of these names", () => {
    const old = markOf("Veth", { project: "shop", stack: "dev", name: "web" });
    expect(old).toBe("linuxnet:shop/dev/Veth/web");
    expect(isOfStack(old, { project: "shop", stack: "dev" })).toBe(true);
    expect(isOfStack(old, { ...owner, numberedAs: "shop/dev" })).toBe(false);
    expect(isOfStack(markOf("Veth", owner), { project: "shop", stack: "dev" })).toBe(false);
  });

  test("numbers and addresses come from the id, or from the names where version 0.1.0 began the stack", () => {
    const numbers = (stack: typeof owner & { numberedAs?: string; id?: string | undefined }) => [
      groupOf(stack),
      protocolOf(stack),
      defaultMac(stack, "host1", undefined, "lan"),
    ];
    const old = numbers({ ...owner, id: undefined as never });
    expect(numbers({ ...owner, numberedAs: "shop/dev" })).toEqual(old);
    expect(numbers({ ...owner, project: "store", stack: "prod", numberedAs: "shop/dev" })).toEqual(old);
    expect(numbers({ ...owner, project: "store", stack: "prod" })).toEqual(numbers(owner));
    const other = numbers({ ...owner, id: "0000000000" });
    expect([other[0], other[2]]).not.toEqual([numbers(owner)[0], numbers(owner)[2]]);
  });

  test("a stack in words, and back", () => {
    for (const words of ["shop/dev", "shop/dev@4f1c90ab3e", "my-shop.eu/feature_1@0123456789"])
      expect(stackLabel(parseStack(words)!)).toBe(words);
    for (const words of ["shop", "shop/", "a/b/c", "shop/dev@xyz", ""]) expect(parseStack(words)).toBe(undefined);
  });
});
