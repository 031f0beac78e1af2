/** What happens to a fleet: each fault comes, lasts, and is over; what it should have left in the daemon’s log is named. */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Chooser } from './chooser.ts';
import { WORKERS, type Scene } from './scene.ts';

export interface Happened {
  /** To whom, and how. */
  readonly how: string;
  /** What the daemon’s log has to tell of it; null where nobody needs to notice. */
  readonly sign: RegExp | null;
  /** What a journal has to tell of it, where nothing else happened besides. */
  readonly inJournals?: RegExp;
}

export interface Fault {
  readonly name: string;
  /** Returns when it is over, and everything is there again. Of two at once neither has the other’s part. */
  readonly happen: (scene: Scene, chooser: Chooser) => Promise<Happened>;
  /** What it takes away; two that take the same do not happen at once. */
  readonly takes: 'worker' | 'daemon' | 'broker' | 'database' | 'network' | 'clock' | 'disk';
  /** It meets a large machine while that is copied: there has to be one. */
  readonly meetsLarge?: true;
  /** Minutes: for long runs, and where it is asked for. */
  readonly isLong?: true;
}

/** A database that is silent is taken for gone within this time. */
const SILENT_S = 40;
const DATABASE_DOWN = /"what":"state","state":"down"/;
const BROKER_DOWN = /"what":"broker","state":"down"/;

const seconds = async (some: number): Promise<unknown> => await pause(some * 1000);
/** Of a worker that is not heard for long enough to be lost. */
const notHeard = (name: string): RegExp => new RegExp(`Node “${name}” is not heard any more`);
const isThere = (name: string): RegExp => new RegExp(`Node “${name}” (is up|was started anew|is not heard any more)`);

export const faults: readonly Fault[] = [
  {
    name: 'worker killed',
    takes: 'worker',
    async happen({ fleet }, chooser) {
      const name = chooser.one(WORKERS);
      const forS = chooser.between(0.2, 4);
      await fleet.worker(name).kill();
      await seconds(forS);
      await fleet.startWorker(name);
      return { how: `${name}, back after ${forS.toFixed(1)} s`, sign: isThere(name) };
    },
  },
  {
    name: 'worker killed, away until it is lost',
    takes: 'worker',
    async happen({ fleet, lostAfterSeconds }, chooser) {
      const name = chooser.one(WORKERS);
      await fleet.worker(name).kill();
      await seconds(lostAfterSeconds + 7);
      await fleet.startWorker(name);
      return { how: name, sign: notHeard(name) };
    },
  },
  {
    name: 'daemon killed',
    takes: 'daemon',
    async happen({ fleet }, chooser) {
      const forS = chooser.between(0, 6);
      await fleet.daemon.kill();
      await seconds(forS);
      await startedInTheEnd(fleet);
      return { how: `back after ${forS.toFixed(1)} s`, sign: /"what":"listening"/ };
    },
  },
  {
    name: 'broker killed',
    takes: 'broker',
    async happen({ fleet }, chooser) {
      const forS = chooser.between(0, 4);
      await fleet.rabbit.kill();
      await seconds(forS);
      await fleet.rabbit.up();
      return { how: `back after ${forS.toFixed(1)} s`, sign: BROKER_DOWN };
    },
  },
  {
    name: 'database killed',
    takes: 'database',
    async happen({ fleet }, chooser) {
      const forS = chooser.between(1.5, 8);
      await fleet.database?.kill();
      await seconds(forS);
      await fleet.database?.up();
      return { how: `back after ${forS.toFixed(1)} s`, sign: DATABASE_DOWN };
    },
  },
  {
    name: 'network cut for seconds',
    takes: 'network',
    happen: async (scene, chooser) => await cut(scene, chooser, chooser.between(1, 12)),
  },
  {
    name: 'network cut for longer than a lease',
    takes: 'network',
    happen: async (scene, chooser) => await cut(scene, chooser, scene.lostAfterSeconds * chooser.between(1.3, 3)),
  },
  {
    name: 'network cut for minutes',
    takes: 'network',
    isLong: true,
    happen: async (scene, chooser) => await cut(scene, chooser, chooser.between(65, 170)),
  },
  {
    name: 'worker frozen past its lease',
    takes: 'worker',
    async happen({ fleet, lostAfterSeconds }, chooser) {
      const name = chooser.one(WORKERS);
      const forS = lostAfterSeconds + chooser.between(4, 12);
      fleet.worker(name).signal('SIGSTOP');
      await seconds(forS);
      fleet.worker(name).signal('SIGCONT');
      return { how: `${name}, ${forS.toFixed(0)} s`, sign: notHeard(name) };
    },
  },
  {
    name: 'clock jumps',
    takes: 'clock',
    async happen({ clocks }, chooser) {
      const host = chooser.one(['desk', ...WORKERS]);
      const before = clocks.aheadOf(host);
      // Never before the present, in which certificates were made; from ahead it goes back.
      const after = chooser.one([0, 40, 600, 3600, 26 * 3600].filter((ahead) => ahead !== before));
      clocks.set(host, after);
      await seconds(chooser.between(6, 12));
      const node = host === 'desk' ? 'w\\d' : host;
      // Of less than a minute nothing is said.
      const sign = Math.abs(after - before) < 60 ? null : new RegExp(`The clock of node “${node}” (is|agrees)`);
      return { how: `${host} ${after > before ? 'ahead' : 'back'} by ${Math.abs(after - before)} s`, sign };
    },
  },
  {
    name: 'conversion space full',
    takes: 'disk',
    async happen({ fleet }, chooser) {
      const name = chooser.one(WORKERS);
      const forS = chooser.between(6, 15);
      const empty = fill(fleet.file(name, `${name}-space/filler`));
      await seconds(forS);
      empty();
      return { how: `${name}, ${forS.toFixed(0)} s`, sign: null };
    },
  },
  {
    name: 'conversion space full in the middle of a copy',
    takes: 'disk',
    meetsLarge: true,
    async happen(scene, chooser) {
      const name = await scene.copiesLarge();
      if (name === null) return { how: 'met nobody', sign: null };
      const empty = fill(scene.fleet.file(name, `${name}-space/filler`));
      await seconds(chooser.between(12, 20));
      empty();
      return { how: name, sign: null, inJournals: NO_ROOM };
    },
  },
  {
    name: 'daemon’s disk full',
    takes: 'disk',
    async happen({ fleet }, chooser) {
      const forS = chooser.between(6, 15);
      const empty = fill(fleet.file('desk', 'daemon/filler'));
      await seconds(forS);
      empty();
      return { how: `${forS.toFixed(0)} s`, sign: null };
    },
  },
  {
    name: 'database’s disk full',
    takes: 'database',
    async happen({ fleet }, chooser) {
      const { database } = fleet;
      if (database === null) return { how: 'there is none', sign: null };
      const forS = chooser.between(6, 15);
      const empty = fill(fleet.network.host('db').file(`${database.folder}/filler`));
      await seconds(forS);
      empty();
      await database.up(); // one that cannot write its log ends itself
      return { how: `${forS.toFixed(0)} s`, sign: null };
    },
  },
];

/** What could not be sent yet had no room. */
export const NO_ROOM = /There is no room left for “[^”]*guts-held-/;

/** As a service manager does: on a disk that is full, or without its database, it does not start, and says so. */
async function startedInTheEnd(fleet: Scene['fleet']): Promise<void> {
  for (;;) {
    try {
      await fleet.startDaemon();
      return;
    } catch (error) {
      if (!['store.full', 'state.unreachable', 'state.full'].some((code) => String(error).includes(code))) throw error;
    }
    await seconds(2);
  }
}

async function cut({ fleet, lostAfterSeconds }: Scene, chooser: Chooser, forS: number): Promise<Happened> {
  const [a, b] = pairOf(chooser, fleet.database !== null);
  const mend = await fleet.network.cut(a, b);
  await seconds(forS);
  await mend();
  const isWorker = (WORKERS as readonly string[]).includes(a);
  const signs: Readonly<Record<string, RegExp | null>> = {
    mq: forS < 1.3 * lostAfterSeconds ? null : isWorker ? notHeard(a) : BROKER_DOWN,
    db: forS < SILENT_S ? null : DATABASE_DOWN,
  };
  return { how: `${a}–${b}, ${forS.toFixed(0)} s`, sign: signs[b] ?? null };
}

/** Of a pair never both are workers, and the database is the daemon’s alone: the others have nothing to say to each other. */
function pairOf(chooser: Chooser, isStateShared: boolean): readonly [string, string] {
  const a = chooser.one(['desk', 'desk', 'desk', 'desk', ...WORKERS, ...WORKERS]);
  const others = ['mq', 'mq', 'source', 'cloud'];
  return [a, chooser.one(a === 'desk' && isStateShared ? [...others, 'db', 'db', 'db', 'db'] : others)];
}

/** @returns what makes room again */
export function fill(file: string): () => void {
  const handle = openSync(file, 'w');
  try {
    for (const piece of [1024 * 1024, 4096, 1]) writeUntilFull(handle, Buffer.alloc(piece));
  } finally {
    closeSync(handle);
  }
  return () => rmSync(file, { force: true });
}

function writeUntilFull(handle: number, piece: Buffer): void {
  try {
    for (;;) if (writeSync(handle, piece) < piece.length) return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
