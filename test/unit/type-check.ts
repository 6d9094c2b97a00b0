import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/**
 * The compiler's messages for files that exist only as texts, by their paths in the repository. The strict options
 * apply, and the files form one program. The package's name refers to the types in dist/, as for a user.
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
    // Some files that the texts import use .ts extensions.
    allowImportingTsExtensions: true,
    // Examples name what they create, and don't use every name.
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
