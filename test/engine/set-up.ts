import { rmSync } from "node:fs";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { pack } from "./pack.ts";

/** vitest's global setup: the engine tests install the package as it would be published. */
export default function setUp(project: TestProject): () => void {
  const file = pack();
  project.provide("packedPackage", file);
  return () => rmSync(path.dirname(file), { recursive: true });
}
