/** The lab cannot do what was requested. The message says why and, if possible, what to do. */
export class LabError extends Error {
  override readonly name = "LabError";
}
