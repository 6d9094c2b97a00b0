import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import ts from "typescript";
import { repository } from "../kernel/test-machine.js";
import { adviceCases } from "./advice-cases.js";

/**
 * The texts of an expression, with `…` for inserted values: several if it is conditional, none if it is passed in from
 * elsewhere.
 */
function textsOf(node: ts.Node | undefined): string[] {
  if (!node) return [];
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isTemplateExpression(node))
    return [node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join("")];
  if (ts.isConditionalExpression(node)) return [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)];
  if (ts.isParenthesizedExpression(node)) return textsOf(node.expression);
  if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) return textsOf(node.body);
  if (ts.isArrowFunction(node) || ts.isFunctionDeclaration(node) || ts.isBlock(node)) {
    const found: string[] = [];
    const visit = (part: ts.Node) => {
      if (ts.isReturnStatement(part)) found.push(...textsOf(part.expression));
      else ts.forEachChild(part, visit);
    };
    ts.forEachChild(node, visit);
    return found;
  }
  // A table of texts, by type of failure.
  if (ts.isObjectLiteralExpression(node))
    return node.properties.flatMap((property) =>
      ts.isPropertyAssignment(property) ? textsOf(property.initializer) : [],
    );
  return [];
}

const isAdvice = (name: ts.Node | undefined) =>
  name !== undefined && ts.isIdentifier(name) && /advice$|^missingParent$|^makeDeviceFirst$/i.test(name.text);

/** All advice that a file can give. */
function adviceIn(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const hasProblems = source.text.includes("problem = (property: string, conflict: string, advice: string)");
  const visit = (node: ts.Node) => {
    if (ts.isPropertyAssignment(node) && isAdvice(node.name)) found.push(...textsOf(node.initializer));
    if (ts.isVariableDeclaration(node) && isAdvice(node.name)) found.push(...textsOf(node.initializer));
    if (ts.isFunctionDeclaration(node) && isAdvice(node.name)) found.push(...textsOf(node));
    // `problem(property, conflict, advice)` for what is in the way, and the third argument of an error.
    const isProblem =
      hasProblems &&
      ts.isCallExpression(node) &&
      node.expression.getText() === "problem" &&
      node.arguments.length === 3;
    const isError = ts.isNewExpression(node) && node.expression.getText() === "ResourceError";
    if (isProblem || isError) found.push(...textsOf(node.arguments?.[2]));
    ts.forEachChild(node, visit);
  };
  visit(source);
  // A text that only combines other texts is covered where those are.
  return found.filter((text) => /[a-z]/i.test(text));
}

const files = globSync("provider/{commands,lifecycle,resources,dynamic}/*.ts", { cwd: repository });
const texts = [
  ...new Set(
    [...files, "provider/core/provider.ts", "provider/core/hosts.ts"].flatMap((file) =>
      adviceIn(path.join(repository, file)),
    ),
  ),
];
const beginnings = Object.keys(adviceCases);

test("there is advice", () => {
  expect(texts.length).toBeGreaterThan(40);
});

test.each(texts)("%s is followed by a test, or there is a reason why it can't be", (text) => {
  expect(beginnings.filter((beginning) => text.startsWith(beginning))).not.toEqual([]);
});

test.each(beginnings)("%s is advice of the source", (beginning) => {
  expect(texts.some((text) => text.startsWith(beginning))).toBe(true);
});

test.each(Object.entries(adviceCases))("%s: the test is there", (_beginning, entry) => {
  if ("why" in entry) expect(entry.why).not.toBe("");
  else expect(readFileSync(path.join(repository, entry.test[0]), "utf8")).toContain(entry.test[1]);
});
