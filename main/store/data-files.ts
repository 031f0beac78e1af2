/**
 * Everything that lies in a data folder, and where it may go from there. What is not named here goes nowhere: a file that
 * somebody adds without saying what it is is in no export and in no bundle.
 */
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import * as path from 'node:path';
import { refused } from './errors.ts';

export interface DataFile {
  /** Of its path in the data folder, with slashes. */
  readonly pattern: RegExp;
  readonly what: string;
  /** Whether an export of the state has it: always, when it is asked for by this word, or never. */
  readonly isExported: 'always' | 'audit' | 'tokens' | 'never';
  /** Whether a bundle for whoever mends Guts has it. */
  readonly isBundled: boolean;
}

const kept = (pattern: RegExp, what: string): DataFile => ({ pattern, what, isExported: 'always', isBundled: true });
const local = (pattern: RegExp, what: string): DataFile => ({ pattern, what, isExported: 'never', isBundled: false });

/**
 * What names others comes before them: read in this order while Guts runs, a migration that the queue names has its
 * journal, and a connection that a migration names is there.
 */
export const dataFiles: readonly DataFile[] = [
  kept(/^queue\.jsonl$/, 'the queue'),
  kept(/^plans\.json$/, 'the plans'),
  kept(/^handovers\.json$/, 'which plans change hands, without tokens'),
  kept(/^migrations\/mig_[0-9a-z]{12}\.jsonl$/, 'the journal of a migration'),
  kept(/^settings\.json$/, 'the settings of the scheduler'),
  kept(/^nodes\.json$/, 'the workers'),
  kept(/^policy\.json$/, 'the policy'),
  kept(/^preflight\.yaml$/, 'the site’s own rules for preflight'),
  kept(/^connections\.json$/, 'sources and destinations, without their secrets'),
  { pattern: /^audit(-\d+)?\.jsonl$/, what: 'the audit log', isExported: 'audit', isBundled: false },
  { pattern: /^tokens\.json$/, what: 'tokens, each as its hash', isExported: 'tokens', isBundled: false },
  { pattern: /^logs\/guts(\.\d+)?\.log$/, what: 'what Guts said', isExported: 'never', isBundled: true },
  local(/^vault\//, 'secrets, sealed'),
  local(/^api-token$/, 'the token of this machine'),
  local(/^idempotency\//, 'answers that may be asked for again'),
  local(/^inventory\//, 'what the sources have; read again when it is missing'),
  local(/^clouds\//, 'what the destinations have; asked for again when it is missing'),
  local(/^(jobs|demos)\//, 'the journals of conversions and demos, which their own processes need'),
  local(/^doctor\//, 'what the path doctor has made and not yet removed'),
  local(/^assessments\/asm_[0-9a-z]{12}\.jsonl$/, 'assessments of data centres; judged again when they are missing'),
  local(/^uploads\/upl_[0-9a-z]{12}\//, 'files that were sent to be judged; gone when they are a day old'),
  local(/^daemon\.(json|lock)$/, 'which daemon runs'),
  local(/^moved-[^/]+\//, 'a state that was moved into a database'),
  local(/^worker\.json$/, 'which worker has the folder'),
  local(/^shared-state\.json$/, 'which database has the state'),
  local(/(^|\/)writer\.lock/, 'who writes'),
  local(
    /^migrations\/mig_[0-9a-z]{12}\.(lock|cancel|pause|jsonl\.new)/,
    'who works on a migration, and what is wished of it',
  ),
  local(/\.(bak|corrupt|part)(\.part)?$/, 'an older, damaged or unfinished file'),
];

export const dataFile = (name: string): DataFile | null => dataFiles.find(({ pattern }) => pattern.test(name)) ?? null;

/** Paths of all files in a data folder, with slashes; none where there is no such folder. */
export async function namesIn(dataDir: string): Promise<string[]> {
  try {
    return (await below(dataDir, '')).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw refused('read', dataDir, error);
  }
}

async function below(dataDir: string, folder: string): Promise<string[]> {
  const entries: Dirent[] = await readdir(path.join(dataDir, folder), { withFileTypes: true });
  const names: string[] = [];
  for (const entry of entries) {
    const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) names.push(...(await below(dataDir, name)));
    else if (entry.isFile()) names.push(name); // a link might lead out of the folder
  }
  return names;
}

/** In the order of the table, and by name. */
export function inOrder(names: readonly string[]): string[] {
  const placeOf = (name: string): number => dataFiles.findIndex(({ pattern }) => pattern.test(name));
  return [...names].sort((a, b) => placeOf(a) - placeOf(b) || (a < b ? -1 : 1));
}
