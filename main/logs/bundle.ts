/** Gathers what helps whoever mends Guts: facts, logs, journals and settings, each without a secret; shown before it is written. */
import { readFile, stat } from 'node:fs/promises';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { z } from 'zod';
import { toErrorInfo } from '../shared/errors.ts';
import { dataFile, inOrder, namesIn } from '../store/data-files.ts';
import type { Vault } from '../vault/vault.ts';
import { doctorFacts } from './doctor.ts';
import { Redactor } from './redactor.ts';
import { tarOf } from './tar.ts';

export interface BundlePart {
  readonly name: string;
  readonly what: string;
  readonly content: Buffer;
}

export interface Bundle {
  readonly parts: readonly BundlePart[];
  /** How many secrets were looked for in all of it. What Guts writes has none; this is the second line. */
  readonly secretsLookedFor: number;
  /** Connections whose secrets could not be looked for. */
  readonly notLookedFor: readonly Missed[];
  /** Journals of older migrations that are not in it. */
  readonly leftOut: number;
}

interface Missed {
  readonly name: string;
  readonly why: string;
}

export interface BundleOptions {
  readonly dataDir: string;
  /** It is not to ask anybody: what it does not give without is not looked for. */
  readonly vault: Vault;
  readonly version: string;
  /** Of the migrations that something happened to last; all without it. */
  readonly mostJournals?: number;
}

export async function gatherBundle({ dataDir, vault, version, mostJournals }: BundleOptions): Promise<Bundle> {
  const redactor = new Redactor();
  const { looked, missed } = await learnSecrets(redactor, dataDir, vault);
  const parts: BundlePart[] = [];
  const add = (name: string, what: string, text: string): void => {
    parts.push({ name, what, content: Buffer.from(redactor.redact(text)) });
  };
  const facts = await doctorFacts({ dataDir, vault, version });
  add('doctor.json', 'versions, this machine, its data folder and vault', `${JSON.stringify(facts, null, 2)}\n`);
  const names = (await namesIn(dataDir)).filter((name) => dataFile(name)?.isBundled === true);
  const old = await oldJournals(dataDir, names, mostJournals ?? names.length);
  for (const name of inOrder(names)) {
    const file = dataFile(name);
    if (file === null || old.has(name)) continue;
    const text = await readFile(path.join(dataDir, name), 'utf8').catch(() => null); // gone, or not to be read: doctor.json tells
    if (text !== null) add(name, file.what, readable(name, text));
  }
  return { parts, secretsLookedFor: looked, notLookedFor: missed, leftOut: old.size };
}

/** All but the `most` that were written to last. */
async function oldJournals(dataDir: string, names: readonly string[], most: number): Promise<ReadonlySet<string>> {
  const journals = names.filter((name) => name.startsWith('migrations/'));
  if (journals.length <= most) return new Set();
  const aged = [];
  for (const name of journals) {
    const facts = await stat(path.join(dataDir, name)).catch(() => null); // gone meanwhile
    aged.push({ name, at: facts?.mtimeMs ?? 0 });
  }
  return new Set(
    aged
      .sort((a, b) => b.at - a.at)
      .slice(most)
      .map(({ name }) => name),
  );
}

/** After the moment: `guts-logs-20261121-140210`. */
export const bundleName = (now = new Date()): string =>
  `guts-logs-${now.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}`;

/** All of it as one `.tar.gz`, in a folder that is named after the bundle. */
export async function packBundle(parts: readonly BundlePart[], folder: string, now = new Date()): Promise<Buffer> {
  const files = parts.map(({ name, content }) => ({ name: `${folder}/${name}`, content }));
  return await promisify(gzip)(tarOf(files, now));
}

async function learnSecrets(
  redactor: Redactor,
  dataDir: string,
  vault: Vault,
): Promise<{ readonly looked: number; readonly missed: Missed[] }> {
  const missed: Missed[] = [];
  let looked = 0;
  const know = (secret: string): void => {
    redactor.know(secret);
    looked += 1;
  };
  const token = await readFile(path.join(dataDir, 'api-token'), 'utf8').catch(() => '');
  if (token.trim() !== '') know(token.trim());
  for (const { id, name } of await connectionsIn(dataDir)) {
    try {
      const secret = await vault.get(id);
      if (secret !== null) know(secret);
    } catch (error) {
      missed.push({ name, why: toErrorInfo(error).message });
    }
  }
  return { looked, missed };
}

const Connections = z.object({
  sources: z.array(z.object({ id: z.string(), name: z.string() })),
  destinations: z.array(z.object({ id: z.string(), name: z.string() })),
});

/** Only looks: the store would set a damaged file aside, which is for commands that tell of it. */
async function connectionsIn(dataDir: string): Promise<{ readonly id: string; readonly name: string }[]> {
  try {
    const text = await readFile(path.join(dataDir, 'connections.json'), 'utf8');
    const { sources, destinations } = Connections.parse(JSON.parse(text));
    return [...sources, ...destinations];
  } catch {
    return []; // none, or damaged
  }
}

/** Without the sums of journals, which are for programs, and without what operators gave to guests. */
function readable(name: string, text: string): string {
  if (!/\.jsonl?$/.test(name)) return text;
  if (name.endsWith('.json')) return `${withoutUserData(text)}\n`;
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => `${withoutUserData(line.replace(/^[0-9a-f]{16} /, ''))}\n`).join('');
}

/** Cloud-init's user data often sets passwords. */
function withoutUserData(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), (key, value: unknown) =>
      key === 'userData' && typeof value === 'string' ? `(left out: ${value.length} characters)` : value,
    );
  } catch {
    return JSON.stringify({ leftOut: `${text.length} characters that are no JSON` });
  }
}
