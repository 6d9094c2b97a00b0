/** Lines of equal width, and the columns of the last line where a connection starts. */
export interface Block {
  readonly lines: readonly string[];
  readonly stems: readonly number[];
}

/** A box with a title in its upper edge. A foot is written in the lower edge, followed by the start of a stem. */
export function box(title: string, content: readonly string[], foot?: string): Block {
  const upper = `─ ${title} `;
  const lower = foot === undefined ? "" : `─ ${foot} ─`;
  const width = Math.max(upper.length, lower.length + 2, ...content.map((line) => line.length + 2));
  return {
    lines: [
      `┌${upper.padEnd(width, "─")}┐`,
      ...content.map((line) => `│ ${line.padEnd(width - 2)} │`),
      `└${`${lower}${foot === undefined ? "" : "┬"}`.padEnd(width, "─")}┘`,
    ],
    stems: foot === undefined ? [] : [lower.length + 1],
  };
}

/** Blocks side by side, aligned at the bottom. */
export function beside(blocks: readonly Block[], gap = 1): Block {
  const height = Math.max(0, ...blocks.map(({ lines }) => lines.length));
  const rows = Array.from({ length: height }, (_, row) =>
    blocks
      .map(({ lines }) => lines[row - height + lines.length] ?? " ".repeat(lines[0]?.length ?? 0))
      .join(" ".repeat(gap)),
  );
  let left = 0;
  const stems = blocks.flatMap((block) => {
    const moved = block.stems.map((column) => column + left);
    left += (block.lines[0]?.length ?? 0) + gap;
    return moved;
  });
  return { lines: rows, stems };
}

/**
 * A block with a horizontal line below it that the block's stems connect to. Each stem has its label beside it. The
 * title of the line is before the first stem, or at the end of the line if it does not fit there.
 */
export function bus(above: Block, stemLabels: readonly string[], title: string): string[] {
  const labels = above.stems.map((column, index) => ({ column, text: stemLabels[index] ?? "" }));
  const start = `═ ${title} `;
  const fits = start.length < Math.min(...above.stems);
  const length = Math.max(0, ...above.stems) + 2;
  const needed = [
    fits ? length : length + 1 + title.length,
    ...labels.map(({ column, text }) => column + 2 + text.length),
  ];
  const width = Math.max(above.lines[0]?.length ?? 0, ...needed);
  const line = fits ? start.padEnd(width, "═") : `${"═".repeat(width - title.length - 1)} ${title}`;
  const stems = labels.reduce((drawn, { column, text }) => put(drawn, column, `│ ${text}`), " ".repeat(width));
  const plugs = labels.reduce((drawn, { column }) => put(drawn, column, "╧"), line);
  return [...above.lines.map((text) => text.padEnd(width)), stems, plugs];
}

function put(line: string, column: number, text: string): string {
  return line.slice(0, column) + text + line.slice(column + text.length);
}
