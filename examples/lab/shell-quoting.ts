/**
 * Text on its way to the POSIX shell at the other end of `ssh`, which joins its arguments by spaces. The provider's own quoting is
 * not to be tested by itself, and is not built yet where the lab starts.
 */
export function quoteForShell(argv: readonly string[]): string {
  return argv.map((word) => (/^[\w@%+:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(" ");
}
