import type { Answer } from "./kind-cases.js";

/** Pulumi's placeholder for a value that is not known yet. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A replacement because of these properties: the old resource is deleted before the new one is created. */
export const deletedFirst = (...paths: string[]): Answer => ({ replaces: paths.sort(), deleteFirst: true });

/** A replacement because of these properties: the new resource is created before the old one is deleted. */
export const createdFirst = (...paths: string[]): Answer => ({ replaces: paths.sort(), deleteFirst: false });
