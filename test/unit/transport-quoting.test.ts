import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { displayCommand, escapeForDisplay, quote } from "../../provider/transport/quoting.js";

/** Every character of one or two bytes, and some of three and four: all byte values that UTF-8 can contain. */
const ALL_CHARACTERS =
  Array.from({ length: 0x7ff }, (_, i) => String.fromCodePoint(i + 1)).join("") + "€😀\uffff\u{10ffff}";

test.each([["dash"], ["bash", "--posix"], ["busybox", "sh"]])("%s reads every character back", (program, ...args) => {
  const words = ["", "-n", "~", "a'b", "'", "\\", "x\n", ALL_CHARACTERS, ...Array.from(ALL_CHARACTERS.slice(0, 300))];
  const script = words.map((word) => `printf '%s\\0' ${quote(word)}\n`).join("");
  const printed = execFileSync(program, args, {
    input: script,
    env: { LC_ALL: "C", PATH: process.env["PATH"] },
    maxBuffer: 2 ** 24,
  });
  expect(printed.equals(Buffer.from(words.map((word) => `${word}\0`).join("")))).toBe(true);
});

test("what needs no quotes gets none", () => {
  expect(quote("172.17.0.1/24")).toBe("172.17.0.1/24");
  expect(quote("net.ipv4.ip_forward=1")).toBe("net.ipv4.ip_forward=1");
  expect(quote("")).toBe("''");
});

test.each(["a\0b", "\ud800", "x\udc00y"])("what no program can be given is an error", (text) => {
  expect(() => quote(text)).toThrow(RangeError);
});

test("a command for a message can be read and cannot mislead", () => {
  expect(displayCommand(["ip", "link", "set", "a b", "it's"])).toBe(`ip link set 'a b' 'it'\\''s'`);
  expect(displayCommand(["echo", "\u001b[31m\u202ered\n"])).toBe("echo '\\u{1b}[31m\\u{202e}red\\n'");
  expect(escapeForDisplay("a\tb\u200bc\r\n漢 \ud800")).toBe("a\\tb\\u{200b}c\\r\\n漢 \\u{d800}");
});
