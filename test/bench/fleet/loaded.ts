/** A daemon that knows many migrations which are done: what they take of its memory, and how long it takes to start. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { lineOf } from '../../../main/store/checked-lines.ts';
import { Daemon } from '../../support/daemon.ts';
import type { Journal } from './migration.ts';
import { usageOf } from './processes.ts';

export interface Loaded {
  readonly migrations: number;
  /** Until it answers. */
  readonly startSeconds: number;
  readonly rssMiB: number;
}

/** Of what starting leaves behind. */
const SETTLE_MS = 5000;

/** Each of them is a copy of a real one under another name. */
export async function loaded(dir: string, { dataDir: from, file, id }: Journal, migrations: number): Promise<Loaded> {
  const dataDir = path.join(dir, `loaded-${migrations}`);
  const text = readFileSync(path.join(from, file), 'utf8')
    .replaceAll(/^[0-9a-f]{16} /gm, '')
    .trimEnd(); // without its sums
  mkdirSync(path.dirname(path.join(dataDir, file)), { recursive: true, mode: 0o700 });
  for (let i = 0; i < migrations; i++) {
    const name = `mig_${i.toString(36).padStart(12, '0')}`;
    const lines = text
      .replaceAll(id, name)
      .split('\n')
      .map((line) => lineOf(JSON.parse(line)));
    writeFileSync(path.join(dataDir, file.replaceAll(id, name)), lines.join(''), { mode: 0o600 });
  }
  const began = performance.now();
  await using daemon = await Daemon.start({ dataDir, passphraseFile: path.join(dir, 'passphrase') });
  const startSeconds = (performance.now() - began) / 1000;
  const { migrations: known } = await daemon.client.call('migrations.list', {});
  if (known.length === 0 && migrations > 0) throw new Error('it does not know them');
  await pause(SETTLE_MS);
  return { migrations, startSeconds, rssMiB: usageOf(daemon.pid).rssMiB };
}
