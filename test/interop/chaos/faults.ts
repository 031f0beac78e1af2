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
}

export interface Fault {
  readonly name: string;
  /** Returns when it is over, and everything is there again. Of two at once neither has the other’s part. */
  readonly happen: (scene: Scene, chooser: Chooser) => Promise<Happened>;
  /** What it takes away; two that take the same do not happen at once. */
  readonly takes: 'worker' | 'daemon' | 'broker' | 'network' | 'clock' | 'disk';
}

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
      return { how: `back after ${forS.toFixed(1)} s`, sign: /"what":"broker","state":"down"/ };
    },
  },
  {
    name: 'network cut for seconds',
    takes: 'network',
    async happen({ fleet }, chooser) {
      const [a, b] = pairOf(chooser);
      const forS = chooser.between(1, 12);
      const mend = await fleet.network.cut(a, b);
      await seconds(forS);
      await mend();
      return { how: `${a}–${b}, ${forS.toFixed(1)} s`, sign: null };
    },
  },
  {
    name: 'network cut for longer than a lease',
    takes: 'network',
    async happen({ fleet, lostAfterSeconds }, chooser) {
      const [a, b] = pairOf(chooser);
      const forS = lostAfterSeconds * chooser.between(1.3, 3);
      const mend = await fleet.network.cut(a, b);
      await seconds(forS);
      await mend();
      const isWorker = (WORKERS as readonly string[]).includes(a);
      const sign = b !== 'mq' ? null : isWorker ? notHeard(a) : /"what":"broker","state":"down"/;
      return { how: `${a}–${b}, ${forS.toFixed(0)} s`, sign };
    },
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
];

/** As a service manager does: on a disk that is full it does not start, and says so. */
async function startedInTheEnd(fleet: Scene['fleet']): Promise<void> {
  for (;;) {
    try {
      await fleet.startDaemon();
      return;
    } catch (error) {
      if (!String(error).includes('store.full')) throw error;
    }
    await seconds(2);
  }
}

/** Neither of a pair is ever both a worker and a worker: they have nothing to say to each other. */
function pairOf(chooser: Chooser): readonly [string, string] {
  const a = chooser.one(['desk', ...WORKERS, ...WORKERS]);
  return [a, chooser.one(['mq', 'mq', 'source', 'cloud'])];
}

/** @returns what makes room again */
function fill(file: string): () => void {
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
