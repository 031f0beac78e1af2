/** Which sources and destinations a worker can connect to, and how long that takes: measured when it is told, and every minute. */
import { once } from 'node:events';
import * as net from 'node:net';
import { tunnel } from '../../access/trusted-agent.ts';
import type { LookTarget } from '../../shared/fleet.ts';
import type { Reach } from '../../shared/schedule.ts';

export const MEASURE_EVERY_MS = 60_000;
const CONNECT_WITHIN_MS = 5_000;

export class ReachWatch {
  #targets: readonly LookTarget[] = [];
  #measured: readonly Reach[] = [];
  #round = 0;

  get measured(): readonly Reach[] {
    return this.#measured;
  }

  /** Looks at these from now on. What was measured of another address is not known any more. */
  look(targets: readonly LookTarget[]): void {
    const kept = new Set(this.#targets.filter((one) => targets.some((other) => isSame(one, other))).map(idOf));
    this.#targets = targets;
    this.#measured = this.#measured.filter(({ connection }) => kept.has(connection));
  }

  /** Never throws: what cannot be reached is what it finds. @returns false where it was told anew meanwhile */
  async measure(): Promise<boolean> {
    const round = ++this.#round;
    const measured = await Promise.all(this.#targets.map(async (target) => await reachOf(target)));
    if (round !== this.#round) return false;
    this.#measured = measured;
    return true;
  }
}

async function reachOf(target: LookTarget): Promise<Reach> {
  const { connection } = target;
  const startMs = performance.now();
  const isReached = await connects(target);
  const milliseconds = isReached ? Math.round(10 * (performance.now() - startMs)) / 10 : null;
  return { connection, isReached, milliseconds, at: new Date().toISOString() };
}

async function connects({ host, port, proxy }: LookTarget): Promise<boolean> {
  if (proxy !== null) {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => (timer = setTimeout(resolve, CONNECT_WITHIN_MS, false)));
    const through = tunnel({ host, port }, proxy).then(
      (socket) => {
        socket.destroy(); // also where it comes too late
        return true;
      },
      () => false,
    );
    const isReached = await Promise.race([through, late]);
    clearTimeout(timer);
    return isReached;
  }
  const socket = net.connect({ host, port });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_WITHIN_MS) });
    return true;
  } catch {
    return false;
  } finally {
    socket.on('error', () => {}); // it is known already
    socket.destroy();
  }
}

const idOf = ({ connection }: LookTarget): string => connection;
const isSame = (a: LookTarget, b: LookTarget): boolean =>
  a.connection === b.connection && a.host === b.host && a.port === b.port && a.proxy === b.proxy;
