/** A resource that is in the state, or that a run was about to create or delete. */
export interface Recorded {
  readonly kind: string;
  readonly mark: string;
  /** The machine that it is on; undefined if that is unknown, in which case it might be on any. */
  readonly machine: string | undefined;
  readonly properties: Readonly<Record<string, unknown>>;
}
