import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/**
 * What the compiler says of files that exist only as texts, by their paths in the repository; under its strict options,
 * in one program. The package's name means the types in dist/, as for a user.
 */
export function typeCheck(texts: Readonly<Record<string, string>>): string[] {
  const { config } = ts.readConfigFile(path.join(root, "tsconfig.json"), ts.sys.readFile.bind(ts.sys)) as {
    config: { compilerOptions: object };
  };
  const parsed = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const options: ts.CompilerOptions = {
    ...parsed.options,
    noEmit: true,
    declaration: false,
    allowJs: true,
    checkJs: true,
    // What the texts import is not all in the language of the package.
    allowImportingTsExtensions: true,
    // Examples name what they make, and don't use each of the names.
    noUnusedLocals: false,
  };
  const files = new Map(Object.entries(texts).map(([file, text]) => [path.join(root, file), text]));
  const host = ts.createCompilerHost(options);
  const program = ts.createProgram([...files.keys()], options, {
    ...host,
    fileExists: (file) => files.has(file) || host.fileExists(file),
    readFile: (file) => files.get(file) ?? host.readFile(file),
    getSourceFile: (file, language, ...rest) => {
      const text = files.get(file);
      return text === undefined
        ? host.getSourceFile(file, language, ...rest)
        : ts.createSourceFile(file, text, language);
    },
  });
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const line = file === undefined ? "" : `:${file.getLineAndCharacterOfPosition(start ?? 0).line + 1}`;
    return `${path.relative(root, file?.fileName ?? root)}${line} ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
  });
}
