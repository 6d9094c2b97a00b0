import type { Answer } from "./kind-cases.js";

/** What Pulumi puts in the place of a value that is not known yet. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Replaced for these properties: the old one is deleted before the new one is created. */
export const deletedFirst = (...paths: string[]): Answer => ({ replaces: paths.sort(), deleteFirst: true });

/** Replaced for these properties: the new one is created before the old one is deleted. */
export const createdFirst = (...paths: string[]): Answer => ({ replaces: paths.sort(), deleteFirst: false });
