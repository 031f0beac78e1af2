/** What looking at a side shares: steps, the ledger of what is made on the way, and the wishes of whoever asked. */
import type { DoctorReading, DoctorReport } from '../../main/shared/doctor.ts';
import type { Undoer } from '../drivers.ts';
import { DoctorLedger } from './ledger.ts';
import { isAboutMachine, type FoundMachine } from './machine.ts';
import { nameOf, type Place } from './places.ts';
import type { Steps } from './steps.ts';

export interface SourceLook {
  readonly steps: Steps;
  readonly signal: AbortSignal;
  readonly ledger: DoctorLedger;
  readonly dataDir: string;
  /** The id of the connection. */
  readonly connection: string;
  /** Null takes a suitable one. */
  readonly vm: string | null;
  readonly withSnapshot: boolean;
  /** Is told what could not be removed again. */
  readonly left: (what: readonly string[]) => void;
}

export interface CloudLook {
  readonly steps: Steps;
  readonly signal: AbortSignal;
  readonly ledger: DoctorLedger;
  readonly dataDir: string;
  readonly connection: string;
  readonly writeTest: boolean;
  readonly left: (what: readonly string[]) => void;
}

export interface SourceSeen {
  readonly product: string | null;
  readonly machine: DoctorReport['machine'];
  readonly readings: readonly DoctorReading[];
  readonly chosen: DoctorReport['chosen'];
}

export const NOTHING: SourceSeen = { product: null, machine: null, readings: [], chosen: null };

/** A server that does not answer is not asked again and again until patience ends: that it does not is told already. */
export function mayBeSignedIn(place: Place, steps: Steps): boolean {
  const isReached = steps.all.some(
    ({ id, verdict }) => id === `ports/${nameOf(place)}` && (verdict === 'good' || verdict === 'poor'),
  );
  if (!isReached)
    steps.add('rights', `sign-in to ${nameOf(place)}`, {
      verdict: 'notTried',
      says: `${place.what} cannot be reached, so nobody signed in; see names and ports.`,
    });
  return isReached;
}

/** What an earlier run made on this connection, and was killed over. */
export async function undoLeft(
  { dataDir, connection, left }: Pick<SourceLook, 'dataDir' | 'connection' | 'left'>,
  side: Undoer,
): Promise<void> {
  for (const ledger of await DoctorLedger.leftOf(dataDir, connection)) left(await ledger.undoAll(side));
}

/** Null where there is none, or the inventory cannot be read, which is written down. @throws where the one that was named is not there */
export async function machineOf(
  { steps }: Pick<SourceLook, 'steps'>,
  find: () => Promise<FoundMachine | null>,
): Promise<FoundMachine | null> {
  try {
    const found = await find();
    if (found === null)
      steps.add('reading', 'a machine', {
        verdict: 'notTried',
        says: 'This user sees no machine with a disk here, so none was read.',
        remedy: 'Give the user the right to see the machines that shall move, on their folder or data centre.',
      });
    return found;
  } catch (error) {
    if (isAboutMachine(error)) throw error;
    steps.add('rights', 'the inventory', steps.failed(error));
    return null;
  }
}
