/** For each piece of advice, where a test follows it for real; or why none can. */
export type AdviceCase = { readonly test: readonly [file: string, text: string] } | { readonly why: string };

/** Pieces of advice, by how they begin in the source, with `…` for what is put in. */
export type AdviceCases = Readonly<Record<string, AdviceCase>>;

/** A text of test/kernel/advice.test.ts. */
export const followed = (text: string): AdviceCase => ({ test: ["test/kernel/advice.test.ts", text] });

/** A text of another file. */
export const seen = (file: string, text: string): AdviceCase => ({ test: [file, text] });
