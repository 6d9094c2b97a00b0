import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  findKnownKeys,
  fingerprint,
  judgeHostKey,
  keyType,
  orderHostKeyAlgorithms,
  parseKnownHosts,
} from "../../provider/transport/known-hosts.js";

function wireKey(type: string, content: string): Buffer {
  const field = (data: Buffer): Buffer => Buffer.concat([Buffer.from([0, 0, 0, data.length]), data]);
  return Buffer.concat([field(Buffer.from(type)), field(Buffer.from(content))]);
}
const A = wireKey("ssh-ed25519", "a".repeat(32));
const B = wireKey("ssh-ed25519", "b".repeat(32));
const RSA = wireKey("ssh-rsa", "r");
const line = (hosts: string, key = A, marker = ""): string =>
  `${marker}${hosts} ${keyType(key)} ${key.toString("base64")}\n`;

function verdict(text: string, address: string, port: number, key: Buffer): string {
  return judgeHostKey(findKnownKeys(parseKnownHosts(text), address, port), key);
}

describe("which entry a host matches", () => {
  test.each<[string, string, number, string]>([
    ["host", "host", 22, "known"],
    ["host", "HOST", 22, "known"],
    ["Host.Example", "host.example", 22, "known"],
    ["host", "host", 2222, "unknown"],
    ["[host]:2222", "host", 2222, "known"],
    ["[host]:2222", "host", 22, "unknown"],
    ["[host]:2222", "host", 2223, "unknown"],
    ["a,host,b", "host", 22, "known"],
    ["a,b", "host", 22, "unknown"],
    ["*.example.com", "x.example.com", 22, "known"],
    ["*.example.com", "example.com", 22, "unknown"],
    ["10.0.0.?", "10.0.0.5", 22, "known"],
    ["10.0.0.?", "10.0.0.55", 22, "unknown"],
    ["10.0.0.1", "10x0.0.1", 22, "unknown"],
    ["*,!bad.example", "good.example", 22, "known"],
    ["*,!bad.example", "bad.example", 22, "unknown"],
    ["!bad.example", "good.example", 22, "unknown"],
    ["::1", "::1", 22, "known"],
    ["[2001:db8::1]:2222", "2001:db8::1", 2222, "known"],
  ])("%s for %s port %i: %s", (hosts, address, port, expected) => {
    expect(verdict(line(hosts), address, port, A)).toBe(expected);
  });
});

describe("what becomes of a key", () => {
  test.each<[string, string, Buffer, string]>([
    ["an empty file", "", A, "unknown"],
    ["another key", line("host"), B, "changed"],
    ["one of two keys", line("host", B) + line("host", RSA), RSA, "known"],
    ["a revoked key", line("host") + line("host", A, "@revoked "), A, "revoked"],
    ["a key revoked everywhere", line("host") + line("*", A, "@revoked "), A, "revoked"],
    ["another key revoked", line("host") + line("host", B, "@revoked "), A, "known"],
    ["an authority alone", line("host", A, "@cert-authority "), A, "unknown"],
    ["a marker that nobody knows", line("host", A, "@unheard-of "), A, "unknown"],
    ["a commented line", `#${line("host")}`, A, "unknown"],
    ["Windows line ends, tabs and a comment", `  host\t${keyType(A)} ${A.toString("base64")} me@here\r\n`, A, "known"],
    ["a type that is not the key's", line("host").replace("ed25519", "ed448"), A, "unknown"],
    [
      "lines that make no sense",
      `host\nhost ssh-ed25519\nhost ssh-ed25519 %%%\n|1|x|y ${keyType(A)} ${A.toString("base64")}\n${line("host")}`,
      A,
      "known",
    ],
  ])("%s", (_name, text, key, expected) => {
    expect(verdict(text, "host", 22, key)).toBe(expected);
  });

  test("an authority that matches is told of", () => {
    expect(findKnownKeys(parseKnownHosts(line("*.x", A, "@cert-authority ")), "a.x", 22).hasAuthority).toBe(true);
  });
});

describe("as OpenSSH does it", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "linuxnet-known-"));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test("hashed names and fingerprints are ssh-keygen's", () => {
    const key = join(folder, "key");
    execFileSync("ssh-keygen", ["-q", "-t", "ecdsa", "-N", "", "-f", key]);
    const publicKey = readFileSync(`${key}.pub`, "utf8").split(" ");
    const known = join(folder, "known_hosts");
    writeFileSync(
      known,
      ["host", "[host]:2222", "10.0.0.1"].map((name) => `${name} ${publicKey.slice(0, 2).join(" ")}\n`).join(""),
    );
    execFileSync("ssh-keygen", ["-q", "-H", "-f", known], { stdio: "ignore" });
    const text = readFileSync(known, "utf8");
    expect(text).not.toContain("host");
    const wire = Buffer.from(publicKey[1] ?? "", "base64");
    expect(["host", "HOST", "10.0.0.1", "other"].map((name) => verdict(text, name, 22, wire))).toEqual([
      "known",
      "known",
      "known",
      "unknown",
    ]);
    expect([2222, 2223].map((port) => verdict(text, "host", port, wire))).toEqual(["known", "unknown"]);
    expect(execFileSync("ssh-keygen", ["-lf", `${key}.pub`], { encoding: "utf8" })).toContain(fingerprint(wire));
    expect(keyType(wire)).toBe("ecdsa-sha2-nistp256");
  });
});

test("the known key's algorithms come first, and the others stay for a changed key to be seen", () => {
  const known = findKnownKeys(parseKnownHosts(line("host", RSA)), "host", 22);
  expect(orderHostKeyAlgorithms(known, ["ssh-ed25519", "rsa-sha2-512", "rsa-sha2-256"])).toEqual([
    "rsa-sha2-512",
    "rsa-sha2-256",
    "ssh-ed25519",
  ]);
});
