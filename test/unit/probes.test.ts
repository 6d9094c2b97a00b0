import { expect, test } from "vitest";
import { probes } from "../../provider/commands/probes.js";
import { catalogue } from "../../provider/resources/catalogue.js";
import { casesOf } from "../kinds/index.js";

/**
 * Tables, matches and targets in the syntax of iptables-restore. The provider's own chains are not targets that a host
 * could lack.
 */
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
  expect(kinds).toEqual(expect.arrayContaining(["MasqueradeRule", "PortForward"]));
  for (const kind of kinds) {
    const lines = casesOf(kind).plans.flatMap(({ plan = [], remove }) => [...plan, ...remove]);
    // The lines of iptables-restore; a mark is a comment there.
    const rules = lines.filter((line) => /^[*-]/.test(line)).map((line) => line.replace("MARK", "-m comment"));
    const used = featuresOf(rules.join("\n"));
    expect(used.length).toBeGreaterThan(2);
    expect(probed).toEqual(expect.arrayContaining(used));
  }
});
