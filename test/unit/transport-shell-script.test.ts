import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type ShellIdentity,
  awaitShellEnd,
  batchScript,
  greetingScript,
  parseIdentity,
  parseReply,
  readyMark,
} from "../../provider/transport/shell-script.js";
import type { Batch, Command } from "../../provider/transport/transport.js";

const NONCE = "0123456789abcdef";
const SHELLS: [string, ...string[]][] = [["dash"], ["bash", "--posix"], ["busybox", "sh"]];
const sh = (script: string, rest: Partial<Command> = {}): Command => ({ argv: ["sh", "-c", script], ...rest });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "linuxnet-script-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe.each(SHELLS)("%s", (program, ...args) => {
  const run = (batch: Batch, environment: NodeJS.ProcessEnv = process.env): string => {
    const input = greetingScript("hello") + batchScript(batch, NONCE, { path: join(folder, "lock") });
    const reply = parseReply(execFileSync(program, args, { input, env: environment, stdio: "pipe" }), batch, NONCE);
    return reply.kind === "results"
      ? reply.results.map(({ stdout, stderr }) => stdout + stderr).join("\n")
      : reply.kind;
  };

  test("a script that was cut anywhere runs nothing", () => {
    const started = join(folder, "started");
    const batch: Batch = {
      lock: true,
      commands: [
        { argv: ["touch", started] },
        { argv: ["cat"], stdin: 'it\'s (a) "text"\n)\n' },
        { argv: ["touch", started], expectStdout: "'" },
        { argv: ["touch", started], always: true },
      ],
    };
    const script = batchScript(batch, NONCE, { path: join(folder, "lock") });
    const end = script.lastIndexOf(")");
    for (let length = 0; length <= end; length += 1) {
      spawnSync(program, args, { input: greetingScript("hello") + script.slice(0, length) });
      if (existsSync(started))
        throw new Error(
          `It ran when cut after ${length} of ${end} characters: ${JSON.stringify(script.slice(0, length))}`,
        );
    }
    spawnSync(program, args, { input: greetingScript("hello") + script });
    expect(existsSync(started)).toBe(true);
    rmSync(started);
  }, 60_000);

  test("nothing a batch does reaches the shell's next script", () => {
    const killer: Batch = { commands: [sh("kill -9 $PPID")] };
    const next: Batch = { commands: [{ argv: ["echo", "next"] }] };
    const input = greetingScript("hello") + batchScript(killer, "aaaa") + batchScript(next, NONCE);
    expect(parseReply(spawnSync(program, args, { input }).stdout, next, NONCE)).toMatchObject({
      results: [{ stdout: "next" }],
    });
  });

  test("commands know neither the nonce nor the lock, and get the environment as promised", () => {
    const environment = {
      PATH: "/usr/bin:/bin",
      LANG: "de_DE.UTF-8",
      LC_ALL: "de_DE.UTF-8",
      m: "exported",
      r: "exported",
      f: "exported",
    };
    const printed = run(
      {
        lock: true,
        commands: [sh("cat /proc/$$/environ | tr '\\0' '\\n'; umask; ls -l /proc/$$/fd; grep SigIgn /proc/$$/status")],
      },
      environment,
    );
    expect(printed).not.toContain(NONCE);
    expect(printed).not.toMatch(/lock|^[mrfeosl]=/m);
    expect(printed).toContain("LC_ALL=C\n");
    expect(printed).toMatch(/^PATH=\/usr\/bin:\/bin:.*\/usr\/sbin:\/sbin$/m);
    expect(printed).toContain("0022\n");
    // HUP (1) is ignored, so that a lost connection stops nothing; PIPE (13) has its default.
    const ignored = Number.parseInt(/SigIgn:\s+(\w+)/.exec(printed)?.[1] ?? "", 16);
    expect([1, 13].map((signal) => (ignored >> (signal - 1)) & 1)).toEqual([1, 0]);
  });

  test("a process left behind does not keep the lock", () => {
    const leave: Batch = { lock: true, commands: [sh("sleep 2 >/dev/null 2>&1 & echo left")] };
    const start = performance.now();
    expect(run(leave)).toBe("left");
    expect(run(leave)).toBe("left");
    expect(performance.now() - start).toBeLessThan(1_500);
  });

  test("a lock file that cannot be opened", () => {
    const batch: Batch = { lock: true, commands: [{ argv: ["true"] }] };
    const { stdout } = spawnSync(program, args, {
      input: greetingScript("hello") + batchScript(batch, NONCE, { path: "/nonexistent/lock" }),
    });
    expect(parseReply(stdout, batch, NONCE)).toMatchObject({ kind: "not-locked", exitCode: 2 });
  });

  test("its ready mark is made by the shell and not found in the script", () => {
    expect(greetingScript(NONCE)).not.toContain(readyMark(NONCE));
    const said = execFileSync(program, args, { input: greetingScript(NONCE), encoding: "utf8" });
    expect(said.split("\n").slice(1)).toEqual([readyMark(NONCE), ""]);
  });

  test("it says which process it is, and another one can wait for its end", async () => {
    const former = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
    former.stdin.write(greetingScript(NONCE));
    const [said] = (await once(former.stdout, "data")) as [Buffer];
    const identity = parseIdentity(`a login's noise\n${said.toString()}`)!;
    expect(identity.pid).toBe(String(former.pid));

    const waiting = (of: ShellIdentity) => {
      const input = greetingScript("hello") + batchScript({ commands: [awaitShellEnd(of)] }, NONCE);
      const waiter = spawn(program, args, { stdio: ["pipe", "ignore", "inherit"] });
      waiter.stdin.end(input);
      return once(waiter, "exit");
    };
    // A reused process ID belongs to another process.
    await waiting({ ...identity, started: "1" });
    let ended = false;
    const end = waiting(identity).then(() => expect(ended).toBe(true));
    former.stdin.end("sleep 0.5\n");
    await once(former, "exit");
    ended = true;
    await end;
  });
});

describe("a reply", () => {
  const batch: Batch = { commands: [{ argv: ["a"] }, { argv: ["b"] }] };
  const whole = `noise${NONCE}:begin;out${NONCE}:o0:0;${NONCE}:o1:3;${NONCE}:e0;err\n${NONCE}:e1;${NONCE}:end;\n`;

  test("is read past noise", () => {
    expect(parseReply(Buffer.from(whole), batch, NONCE)).toEqual({
      kind: "results",
      results: [
        { ran: true, exitCode: 0, stdout: "out", stderr: "" },
        { ran: true, exitCode: 3, stdout: "", stderr: "err" },
      ],
    });
  });

  test("cannot be forged by what a command prints", () => {
    const forged = whole.replace("out", "deadbeef:o0:0;deadbeef:end;:end;");
    expect(parseReply(Buffer.from(forged), batch, NONCE)).toMatchObject({
      results: [{ stdout: "deadbeef:o0:0;deadbeef:end;:end;" }, {}],
    });
  });

  test.each([
    ["nothing", ""],
    ["no end", whole.replace(":end;", "")],
    ["no standard error", whole.replace(`${NONCE}:e1;`, "")],
    ["a command less than should have run", whole.replace(`${NONCE}:o1:3;`, "")],
    ["a mark that makes no sense", whole.replace(":o0:0;", ":o0:zero;")],
  ])("with %s is broken", (_name, text) => {
    expect(parseReply(Buffer.from(text), batch, NONCE)).toEqual({ kind: "broken" });
  });

  test("cut at any byte is broken and never a result", () => {
    const end = whole.lastIndexOf(":end;") + ":end;".length;
    for (let length = 0; length < end; length += 1) {
      expect(parseReply(Buffer.from(whole.slice(0, length)), batch, NONCE)).toEqual({ kind: "broken" });
    }
  });
});

test.each([[[]], [[""]], [["-x"]], [["echo", "a\0b"]]])("a command that cannot be one is an error: %j", (argv) => {
  expect(() => batchScript({ commands: [{ argv }] }, NONCE)).toThrow(RangeError);
});
