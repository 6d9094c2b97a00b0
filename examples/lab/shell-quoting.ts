/**
 * Quotes an argument list for the POSIX shell at the other end of `ssh`, which joins its arguments with spaces. The
 * provider's own quoting is not used, because it would then test itself, and because it may not be built yet.
 */
export function quoteForShell(argv: readonly string[]): string {
  return argv.map((word) => (/^[\w@%+:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(" ");
}
