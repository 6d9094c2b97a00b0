import { expect } from "vitest";
import type { Lab } from "../../examples/lab/lab.ts";
import { type CodeBlock, shownCommands } from "../documentation.ts";
import { withNumberedAddresses, withoutId } from "./without-id.ts";

/**
 * An output without what differs between hosts and runs: whitespace, times, and the numbers of interfaces and stacks.
 */
export const comparable = (text: string) =>
  withoutId(text)
    .trim()
    .replaceAll(/[ \t]+/g, " ")
    .replaceAll(/^ | $/gm, "")
    // `5: eth0@if4: … link-netnsid 0`
    .replaceAll(/^\d+: (?=[\w.-]+(?:@[\w.-]+)?: <)/gm, "N: ")
    .replaceAll(/@if\d+/g, "@ifN")
    .replaceAll(/\blink-netnsid \d+/g, "link-netnsid N")
    // iproute2 since 6.3 shows what set an address.
    .replaceAll(/ proto kernel_\w+/g, "")
    // The default route that networkd set on a virtual machine.
    .replaceAll(/^(default via \S+ dev eth0) proto static$/gm, "$1")
    // From ping: `time=0.043 ms`, `time 1002ms`, `rtt min/avg/max/mdev = 0.043/0.043/0.043/0.000 ms`
    .replaceAll(/\btime([= ])[\d.]+ ?ms/g, "time$1N ms")
    .replaceAll(/(?<=^rtt .* = )[\d./]+/gm, "N");

/**
 * Runs the commands of `console` blocks in order, as a reader does from the top of the page to the bottom, each on the
 * host of its prompt, and compares what they print with what the page shows.
 * @param host The host if the prompt is only `$`.
 */
export async function expectShown(lab: Lab, blocks: readonly CodeBlock[], host?: string): Promise<void> {
  const shown: string[] = [];
  const found: string[] = [];
  for (const block of blocks) {
    if (block.language === "sh") await startShownWebServers(lab, block);
    if (block.language !== "console") continue;
    for (const command of shownCommands(block)) {
      const place = command.host ?? host ?? "";
      const { stdout } = await lab.exec(place, ["sh", "-c", `exec 2>&1\n${command.line}`], { reject: false });
      const prompt = `${place}$ ${command.line}\n`;
      shown.push(`${block.place}\n${prompt}${comparable(command.output)}`);
      found.push(`${block.place}\n${prompt}${comparable(stdout)}`);
    }
  }
  expect(shown.length, "commands with outputs that are shown").toBeGreaterThan(0);
  expect(withNumberedAddresses(found.join("\n"))).toBe(withNumberedAddresses(shown.join("\n")));
}

/** Does what a page's lines `npm run lab -- web HOST/NAMESPACE PORT TEXT` do for a reader. */
async function startShownWebServers(lab: Lab, { text }: CodeBlock): Promise<void> {
  const lines = text.matchAll(/^npm run lab -- web (?<host>\w+)(?:\/(?<namespace>\S+))? (?<port>\d+) (?<answer>.+)$/gm);
  for (const { groups } of lines) {
    const { host, namespace, port, answer } = groups!;
    const server = { port: Number(port), ...(namespace !== undefined && { namespace }) };
    await lab.startWeb(host!, server, answer!.replaceAll(/^"|"$/g, ""));
  }
}

/**
 * Does what a page's lines `npm run lab -- docker HOST` and `npm run lab -- exec HOST PROGRAM …` do, if they come
 * before its example.
 */
export async function prepareShown(lab: Lab, blocks: readonly CodeBlock[]): Promise<void> {
  for (const { language, text } of blocks) {
    if (language !== "sh") continue;
    const before = /^npm run example -- /m.exec(text)?.index ?? 0;
    const lines = text
      .slice(0, before)
      .matchAll(/^npm run lab -- (?<command>docker|exec) (?<host>\w+)(?: (?<program>.+))?$/gm);
    for (const { groups } of lines) {
      const { command, host, program = "" } = groups!;
      if (command === "docker") await lab.startDocker(host!);
      else await lab.exec(host!, ["sh", "-c", program]);
    }
  }
}
