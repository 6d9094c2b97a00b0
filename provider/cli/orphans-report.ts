import { type Orphan, type Part, describePolicyRule, isDefault } from "../lifecycle/orphans.js";
import { tableOf } from "./table.js";

/** An orphan on its host, with the outcome of its removal. */
export interface Finding {
  readonly host: string;
  readonly orphan: Orphan;
  readonly removed: boolean;
  /** Why it still exists, if there is a reason. */
  readonly problem: string | undefined;
}

/** One line for each finding, in columns. */
export function findingLines(findings: readonly Finding[]): string {
  const rows = findings.map(({ host, orphan, removed, problem }) => {
    const notes = [
      ...(orphan.elsewhere ? ["the state has it in another place"] : []),
      ...(removed ? ["removed"] : []),
      ...(problem === undefined ? [] : [`not removed: ${problem}`]),
      ...(problem === undefined && orphan.keepReason !== undefined ? [orphan.keepReason] : []),
    ];
    const note = notes.length > 0 ? ` (${notes.join("; ")})` : "";
    return [host, orphan.kind, orphan.name ?? "-", `${placesOf(orphan)}${note}`];
  });
  return tableOf(rows);
}

/** The findings as data. */
export function findingsJson(findings: readonly Finding[]): string {
  const values = findings.map(({ host, orphan, removed, problem }) => ({
    host,
    kind: orphan.kind,
    name: orphan.name ?? null,
    mark: orphan.mark ?? null,
    what: placesOf(orphan),
    elsewhere: orphan.elsewhere,
    removable: orphan.keepReason === undefined,
    removed,
    problem: problem ?? orphan.keepReason ?? null,
  }));
  return `${JSON.stringify(values, null, 2)}\n`;
}

/** What the orphan is and where it is: `interfaces veth1 in box, veth1-br`. */
export function placesOf({ parts }: Orphan): string {
  const interfaces = parts.filter((part) => part.type === "interface");
  const names = interfaces.map(({ link, namespace }) => `${link.name}${within(namespace)}`);
  return [
    ...(names.length > 0 ? [`${names.length > 1 ? "interfaces" : "interface"} ${names.join(", ")}`] : []),
    ...parts.filter((part) => part.type !== "interface").map(describe),
  ].join("; ");
}

const within = (namespace: string | undefined) => (namespace === undefined ? "" : ` in ${namespace}`);

function describe(part: Exclude<Part, { type: "interface" }>): string {
  switch (part.type) {
    case "namespace":
      return `namespace ${part.names.join(" = ")}`;
    case "unnamed-namespace":
      return `namespace without a name, of process ${part.process}`;
    case "unnamed-interface":
      return `interface ${part.found.name} in the namespace of process ${part.process}`;
    case "setting":
      return `setting ${part.key}`;
    case "file":
      return `file ${part.path}`;
    case "rules": {
      const { family, rules, namespace } = part;
      const tables = [...new Set(rules.map(({ table }) => table))].join(", ");
      return `${rules.length} ${family === 4 ? "IPv4" : "IPv6"} ${rules.length > 1 ? "rules" : "rule"} of ${tables}${within(namespace)}`;
    }
    case "policy-rule":
      return `${part.rule.family === 4 ? "IPv4" : "IPv6"} policy rule ${describePolicyRule(part.rule)}${within(part.namespace)}`;
    case "route": {
      const { type, destination, via, device, metric, table } = part.route;
      const path = [
        isDefault(part.route) ? (destination.includes(":") ? "default6" : "default") : destination,
        ...(via === undefined ? [] : [`via ${via}`]),
        ...(type === "unicast" && device !== undefined ? [`dev ${device}`] : []),
        ...(metric === 0 || metric === 1024 ? [] : [`metric ${metric}`]),
        ...(table === "254" ? [] : [`table ${table}`]),
      ].join(" ");
      return `${type === "unicast" ? "route" : `${type} route`} ${path}${within(part.namespace)}`;
    }
  }
}
