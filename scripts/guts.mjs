/**
 * The guts command from a checkout: prepares and builds where that is needed, then runs out/cli.cjs with the arguments.
 * Prints nothing of its own on standard output, which belongs to the command.
 */
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { buildWhenStale } from './build.mjs';
import { out } from './places.mjs';
import { ready } from './ready.mjs';

await ready('guts');
await buildWhenStale();

const cli = path.join(out, 'cli.cjs');
process.argv.splice(1, 1, cli);
process.chdir(process.env['INIT_CWD'] ?? process.cwd()); // npm runs scripts in the checkout; paths are the caller's
createRequire(import.meta.url)(cli);
