/**
 * Which resource of a program stands for which thing on which host, to find two that stand for the same one before
 * either is touched: each would undo the other's work, run after run.
 */
export class Claims {
  private readonly markAt = new Map<string, string>();
  private readonly placeOf = new Map<string, string>();

  /** Notes that the resource with this mark stands for the thing in this place; gives the mark of another one that does already. */
  claim(place: string, mark: string): string | undefined {
    const holder = this.markAt.get(place);
    if (holder !== undefined && holder !== mark) return holder;
    // A preview and the update after it run in one process: a resource may stand elsewhere by then.
    const earlier = this.placeOf.get(mark);
    if (earlier !== undefined && earlier !== place) this.markAt.delete(earlier);
    this.markAt.set(place, mark);
    this.placeOf.set(mark, place);
    return undefined;
  }

  /** The mark of the resource that stands for the thing in this place, as far as this run has seen. */
  holder(place: string): string | undefined {
    return this.markAt.get(place);
  }
}
