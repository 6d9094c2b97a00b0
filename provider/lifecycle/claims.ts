/**
 * Which resource of a program stands for which thing on which host, to find two that stand for the same one before
 * either is touched: each would undo the other's work, run after run.
 */
export class Claims {
  private readonly markAt = new Map<string, string>();
  private readonly placesOf = new Map<string, readonly string[]>();
  private readonly dependenciesOf = new Map<string, readonly string[]>();

  /** Notes that the resource with this mark stands for the things in these places; gives the first that another one stands for already, and its mark. */
  claim(places: readonly string[], mark: string): { readonly place: string; readonly holder: string } | undefined {
    for (const place of places) {
      const holder = this.markAt.get(place);
      if (holder !== undefined && holder !== mark) return { place, holder };
    }
    // A preview and the update after it run in one process: a resource may stand elsewhere by then.
    for (const earlier of this.placesOf.get(mark) ?? []) this.markAt.delete(earlier);
    for (const place of places) this.markAt.set(place, mark);
    this.placesOf.set(mark, places);
    return undefined;
  }

  /** The mark of the resource that stands for the thing in this place, as far as this run has seen. */
  holder(place: string): string | undefined {
    return this.markAt.get(place);
  }

  /** Notes that the resource with this mark relies on the things in these places, whoever stands for them. */
  use(places: readonly string[], mark: string): void {
    this.dependenciesOf.set(mark, places);
  }

  /** Whether a resource of the program relies on the thing in this place. */
  isUsed(place: string): boolean {
    return [...this.dependenciesOf.values()].some((places) => places.includes(place));
  }
}
