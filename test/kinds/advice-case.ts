/** The test that follows a piece of advice on a real host, or the reason why no test can. */
export type AdviceCase = { readonly test: readonly [file: string, text: string] } | { readonly why: string };

/** Pieces of advice by the beginning of their text in the source, with `…` for inserted values. */
export type AdviceCases = Readonly<Record<string, AdviceCase>>;

/** Advice followed by the test with this text in test/kernel/advice.test.ts. */
export const followed = (text: string): AdviceCase => ({ test: ["test/kernel/advice.test.ts", text] });

/** Advice followed by the test with this text in another file. */
export const seen = (file: string, text: string): AdviceCase => ({ test: [file, text] });
