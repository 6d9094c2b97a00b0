/** Quotes text for a POSIX shell and escapes it for messages. No other file quotes for a shell. */

/** What every POSIX shell treats literally, in any position except that of a program's name before an `=`. */
const PLAIN = /^[A-Za-z0-9_@%+:,./=-]+$/;

/**
 * A shell word for exactly this text, or an error for text that no program can receive: NUL ends an argument in the
 * kernel, and half a surrogate pair has no bytes in UTF-8.
 */
export function quote(text: string): string {
  if (PLAIN.test(text)) return text;
  const bad = /[\0\p{Surrogate}]/u.exec(text);
  if (bad !== null) {
    throw new RangeError(
      `A command or its input contains ${bad[0] === "\0" ? "a NUL character" : "half a surrogate pair"} (at character ${bad.index}), which cannot be passed on.`,
    );
  }
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** An argument list as one line for a message: quoted for a shell, without anything that could mislead a terminal. */
export function displayCommand(argv: readonly string[]): string {
  return argv
    .map((word) => (PLAIN.test(word) ? word : escapeForDisplay(`'${word.replaceAll("'", `'\\''`)}'`)))
    .join(" ");
}

/**
 * Text of unknown origin for a message: control, bidirectional and invisible characters are spelled out, so that they
 * can neither move the cursor nor reorder the text. Line breaks become `
 * `.
 */
export function escapeForDisplay(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/gu, (character) => {
    if (character === "\n") return "\\n";
    if (character === "\t") return "\\t";
    if (character === "\r") return "\\r";
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}
