/** A host as a resource may find it, what the resource then makes of it, and what it would run. */
export interface PlanCase {
  readonly title: string;
  /** Shell lines that make what is around the resource, with `$MARK`, `$GROUP` and `$PROTO` as this stack has them. */
  readonly around?: string;
  /** What the provider itself made before, if anything; it is then recorded in Pulumi's state. */
  readonly made?: Readonly<Record<string, unknown>>;
  /** Shell lines run after that: damage. */
  readonly by?: string;
  /** What is asked for now. */
  readonly wanted: Readonly<Record<string, unknown>>;
  /** What is seen: that nothing is there, the end of a sentence about somebody else's, or the paths that are not as wanted. */
  readonly sees: "nothing" | RegExp | readonly string[];
  /** The commands of an update or create, as messages show them. Standard input on lines of its own. Left out where something foreign is there. */
  readonly plan?: readonly string[];
  /** The commands of a delete. */
  readonly remove: readonly string[];
}
