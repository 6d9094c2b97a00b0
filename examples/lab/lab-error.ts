/** The lab cannot do what was asked: a sentence or two that say why, and what to do. */
export class LabError extends Error {
  override readonly name = "LabError";
}
