import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { probes } from "../../provider/commands/probes.js";
import { catalogue } from "../../provider/resources/catalogue.js";

/** Tables, matches and targets in the words of iptables-restore; chains of our own are no targets that a host could lack. */
const featuresOf = (text: string): string[] => [
  ...new Set(
    [...text.matchAll(/\*(?:raw|mangle|nat|filter)\b| -m \w+| -j (?!LINUXNET-)\w+/g)].map(([feature]) =>
      feature.trim(),
    ),
  ),
];

test.each(["iptables", "ip6tables"] as const)("the probe of %s has all that rules of resources have", (program) => {
  const probed = featuresOf(probes[program].stdin!);
  const kinds = catalogue.filter(({ needs }) => needs.includes(program)).map(({ kind }) => kind);
  expect(kinds).toEqual(["MasqueradeRule", "PortForward"]);
  for (const kind of kinds) {
    const file = { MasqueradeRule: "masquerade-rule", PortForward: "port-forward" }[kind]!;
    const plans = readFileSync(path.join(import.meta.dirname, `plans/${file}.ts`), "utf8");
    const used = featuresOf(plans);
    expect(used.length).toBeGreaterThan(2);
    expect(probed).toEqual(expect.arrayContaining(used));
  }
});
