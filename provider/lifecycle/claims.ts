/**
 * Records which resource of a program manages which thing on which host, to find two resources that manage the same
 * thing before either is touched: each would undo the other's work, run after run.
 */
export class Claims {
  private readonly markAt = new Map<string, string>();
  private readonly placesOf = new Map<string, readonly string[]>();
  private readonly dependenciesOf = new Map<string, readonly string[]>();

  /**
   * Records that the resource with this mark manages the things in these places. Returns the first place that another
   * resource claims already, and its mark.
   */
  claim(places: readonly string[], mark: string): { readonly place: string; readonly holder: string } | undefined {
    for (const place of places) {
      const holder = this.markAt.get(place);
      if (holder !== undefined && holder !== mark) return { place, holder };
    }
    // A preview and the update after it run in one process: the resource may have moved by then.
    for (const earlier of this.placesOf.get(mark) ?? []) this.markAt.delete(earlier);
    for (const place of places) this.markAt.set(place, mark);
    this.placesOf.set(mark, places);
    return undefined;
  }

  /** The mark of the resource that manages the thing in this place, as far as this run knows. */
  holder(place: string): string | undefined {
    return this.markAt.get(place);
  }

  /** Records that the resource with this mark depends on the things in these places, whoever manages them. */
  use(places: readonly string[], mark: string): void {
    this.dependenciesOf.set(mark, places);
  }

  /** Whether a resource of the program depends on the thing in this place. */
  isUsed(place: string): boolean {
    return [...this.dependenciesOf.values()].some((places) => places.includes(place));
  }
}
