/** What belongs to a stack, to distinguish it from the rest of its host. */
export interface Own {
  /** As in its marks: `shop/test`. */
  readonly stack: string;
  /** The Pulumi names of its resources. A mark with another name counts as somebody else's. */
  readonly resources: readonly string[];
  readonly namespaces: readonly string[];
  readonly interfaces: readonly string[];
  /** The protocol number of its routes. */
  readonly routes: number;
}

/**
 * Everything in a lab host's dump that does not belong to the stack. Rules are shown with their tables, but without
 * empty tables and chains, which any rule creates. Of nftables, only what is not iptables' own is shown.
 */
export function othersInDump(dump: string, own: Own): string {
  const either = (names: readonly string[]) => `(?:${names.join("|")})`;
  const ownLine = new RegExp(
    [
      `"linuxnet:${own.stack}(?:@[0-9a-f]{10})?/\\w+/${either(own.resources)}"`,
      `"(?:ifname|dev|master|link)":"${either(own.interfaces)}"`,
      `"protocol":"${own.routes}"`,
      `/${either(own.interfaces)}/`,
      "^\\w+ :LINUXNET-[0-9A-F]{12} ",
    ].join("|"),
  );
  return dump
    .split(/^=== /m)
    .flatMap((section) => {
      const [title = "", ...lines] = section.split("\n");
      if (own.namespaces.some((name) => title.startsWith(`${name}: `))) return [];
      const left =
        title === "namespaces"
          ? lines.filter((line) => !own.namespaces.includes(line))
          : rest(title, lines).filter((line) => !ownLine.test(line));
      return [[title, ...left.filter((line) => line !== "")].join("\n")];
    })
    .join("\n=== ");
}

function rest(title: string, lines: readonly string[]): readonly string[] {
  if (title.endsWith("nftables")) {
    return lines
      .join("\n")
      .split(/^(?=table )/m)
      .filter((table) => !/^table ip6? (nat|filter|mangle|raw|security) /.test(table));
  }
  if (!title.includes(": iptables")) return lines;
  let table = "";
  return lines.flatMap((line) => {
    if (line.startsWith("*")) table = line.slice(1);
    return /^(\*|COMMIT|:\w+ ACCEPT|$)/.test(line) ? [] : [`${table} ${line}`];
  });
}
