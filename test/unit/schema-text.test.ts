import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { interfaceName, namespaceName, printableText, sysctlKey, sysctlValue } from "../../provider/schema/text.js";

const problemOf = (schema: z.ZodType, value: unknown) => schema.safeParse(value).error?.issues[0]?.message;

/** A text, and what is wrong with it. */
type Named = readonly [title: string, text: string];

/** Texts that must not reach a host, whatever property they are in. */
const dangerous: readonly Named[] = [
  ["a newline", "eth0\n"],
  ["a newline within", "eth\n0"],
  ["a carriage return", "eth0\r"],
  ["a tab", "eth\t0"],
  ["NUL", "eth\0"],
  ["escape", "\u001b[31m"],
  ["delete", "eth\u007f"],
  ["a C1 control", "eth\u0085"],
  ["a bidirectional override", "eth\u202e0"],
  ["a bidirectional isolate", "eth\u2066"],
  ["a zero-width space", "eth\u200b0"],
  ["a byte-order mark", "\ufeffeth0"],
  ["a line separator", "eth\u2028"],
  ["a no-break space", "eth\u00a00"],
  ["a Cyrillic letter", "еth0"],
  ["half a surrogate pair", "eth\ud800"],
  ["an emoji", "eth😀"],
];

describe.each([
  ["an interface's name", interfaceName()],
  ["a namespace's name", namespaceName()],
] as const)("%s", (_what, schema) => {
  test.each(["eth0", "0", "A", "veth1-br", "br_0", "eth0.100", "a.b-c_d", "alll", "default1", "lo0"])(
    "may be %s",
    (name) => {
      expect(schema.parse(name)).toBe(name);
    },
  );

  test.each<Named>([
    ...dangerous,
    ["empty", ""],
    ["a space", "a b"],
    ["a slash", "a/b"],
    ["the parent folder", "../x"],
    ["a shell's words", "a;b$(id)"],
    ["a backquote", "`id`"],
    ["a quote", "a'b"],
    ["a percent sign", "v%d"],
    ["a colon", "eth0:1"],
    ["an at sign", "eth0@if1"],
    ["an option", "--help"],
    ["a short option", "-h"],
    ["a leading dot", ".hidden"],
    ["a leading underscore", "_x"],
  ])("may not have %s", (_title, name) => {
    expect(problemOf(schema, name)).toMatch(/has to start with a letter or a digit and go on with/);
  });

  test.each(["all", "default", "lo"])("may not be %s", (name) => {
    expect(problemOf(schema, name)).toMatch(/can't be all, default, lo, \., \.\.: these mean something else/);
  });

  test.each([1, true, null, {}, ["eth0"]])("may not be %j", (value) => {
    expect(problemOf(schema, value)).toMatch(/expected string/);
  });
});

test.each([
  [interfaceName(), 15, 16],
  [namespaceName(), 64, 65],
] as const)("a name's length", (schema, longest, tooLong) => {
  expect(schema.parse("a".repeat(longest))).toHaveLength(longest);
  expect(problemOf(schema, "a".repeat(tooLong))).toMatch(
    new RegExp(`at most ${longest} characters long \\(it has ${tooLong}\\)`),
  );
});

describe("a sysctl's key", () => {
  test.each([
    "net.ipv4.ip_forward",
    "net/ipv4/ip_forward",
    "net/ipv4/conf/eth0.5/forwarding",
    "net.ipv4.conf.all.rp_filter",
    "net.ipv4.conf.br-lan.forwarding",
    "kernel.panic",
  ])("may be %s", (key) => {
    expect(sysctlKey().parse(key)).toBe(key);
  });

  test.each<Named>([
    ...dangerous.map(([title, text]): Named => [title, `net.ipv4.${text}`]),
    ["the parent folder", "net/../kernel/core_pattern"],
    ["the parent folder in dots", "net....kernel.core_pattern"],
    ["the parent folder at its end", "net/ipv4/.."],
    ["the folder itself", "net/./ipv4/ip_forward"],
    ["a leading slash", "/proc/sys/net/ipv4/ip_forward"],
    ["a leading dot", ".net.ipv4"],
    ["a double slash", "net//ipv4"],
    ["a final slash", "net/ipv4/"],
    ["a final dot", "net.ipv4."],
    ["one part", "net"],
    ["nothing", ""],
    ["a space", "net.ipv4 ip_forward"],
    ["an option", "-w"],
    ["an option within", "--system=net.x"],
    ["a shell's words", "net.$(id)"],
    ["a variable", "net.${IFS}x"],
    ["an assignment", "net.ipv4.ip_forward=1"],
  ])("may not have %s", (_title, key) => {
    expect(problemOf(sysctlKey(), key)).toMatch(/looks like net\.ipv4\.ip_forward, or net\/ipv4/);
  });
});

describe("a sysctl's value", () => {
  test.each([
    ["1", "1"],
    [1, "1"],
    [-1, "-1"],
    [" 4096\t131072   6291456 ", "4096 131072 6291456"],
    ["cubic", "cubic"],
    ["|/usr/bin/x %p", "|/usr/bin/x %p"],
  ])("%j is %j", (value, canonical) => {
    expect(sysctlValue().parse(value)).toBe(canonical);
  });

  test.each(["", " ", "\t", "1\n2", "1\n", "a\0", "a\u202eb", "ä"])("%j is refused", (value) => {
    expect(problemOf(sysctlValue(), value)).toMatch(/one line of printable text, not empty/);
  });

  test.each([1.5, true, null, [1]])("%j is none", (value) => {
    expect(sysctlValue().safeParse(value).success).toBe(false);
  });
});

describe("text such as a path or an address", () => {
  const path = printableText("a path");

  test.each(["~/.ssh/id ed25519", "host1.example.org", "fd00::1", "a'b\"$(c)"])("may be %s", (text) => {
    expect(path.parse(text)).toBe(text);
  });

  test.each<Named>([...dangerous, ["nothing", ""]])("may not have %s", (_title, text) => {
    expect(problemOf(path, text)).toBe("a path has to be one line of printable ASCII characters");
  });

  test.each(["-oProxyCommand=id", "-"])("may not look like an option: %s", (text) => {
    expect(problemOf(path, text)).toBe("a path can't start with '-'");
  });
});
