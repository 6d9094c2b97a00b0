#!/usr/bin/env node
/** The program `linuxnet`. */
import { run } from "./program.js";

void run(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});
