/** Looking at every machine before anything is done: a few at a time, until somebody stops it. */
import { create } from 'zustand';
import { toErrorInfo, type ErrorInfo } from '../../../../main/shared/errors.ts';
import type { InputOf } from '../../../../main/shared/operations.ts';
import type { Checked as Held, Finding, NotHeld } from '../../../../main/shared/preflight.ts';
import { call } from '../../../api.ts';
import { severities } from '../../../parts/severity.tsx';
import type { Draft } from './draft.ts';
import type { Picked } from './effective.ts';

/** What came out for a machine, and for which wishes: with others it says nothing any more. */
export type Checked =
  | ({ readonly key: string; readonly error: null } & Readonly<Held>)
  | { readonly key: string; readonly findings: readonly []; readonly error: ErrorInfo };

interface Checks {
  readonly byRef: Readonly<Record<string, Checked>>;
  /** Null where nothing is being checked. */
  readonly running: { readonly done: number; readonly of: number; readonly stop: AbortController } | null;
}

const AT_ONCE = 4;

export const useChecks = create<Checks>()(() => ({ byRef: {}, running: null }));

/** Warnings are accepted afterwards, so that does not make a check worthless. */
export const checkKeyOf = ({ source, destination }: Draft, { machine, options }: Picked): string =>
  JSON.stringify([source, destination, machine.ref, { ...options, accept: [] }]);

export const checkedOf = (byRef: Checks['byRef'], draft: Draft, one: Picked): Checked | null => {
  const known = byRef[one.machine.ref];
  return known !== undefined && known.key === checkKeyOf(draft, one) ? known : null;
};

export async function runChecks(draft: Draft, machines: readonly Picked[]): Promise<void> {
  if (useChecks.getState().running !== null) return;
  const stop = new AbortController();
  const left = [...machines];
  const of = machines.length;
  useChecks.setState({ running: { done: 0, of, stop } });
  const next = async (): Promise<void> => {
    for (let one = left.shift(); one !== undefined && !stop.signal.aborted; one = left.shift()) {
      const result = await check(draft, one, stop.signal);
      if (result === null) return;
      const { ref } = one.machine;
      useChecks.setState(({ byRef, running }) => ({
        byRef: { ...byRef, [ref]: result },
        running: running === null ? null : { ...running, done: running.done + 1 },
      }));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  useChecks.setState({ running: null });
}

export const stopChecks = (): void => useChecks.getState().running?.stop.abort();

/** Null where it was given up. */
async function check(draft: Draft, one: Picked, signal: AbortSignal): Promise<Checked | null> {
  const key = checkKeyOf(draft, one);
  const input: InputOf<'checks.run'> = {
    source: draft.source ?? '',
    destination: draft.destination ?? '',
    vm: one.machine.ref,
    options: one.options,
  };
  try {
    const { findings, notHeld, passed } = await call('checks.run', input, signal);
    return { key, findings, notHeld: notHeld.map(once), passed, error: null };
  } catch (error) {
    return signal.aborted ? null : { key, findings: [], error: toErrorInfo(error) };
  }
}

const said = new Map<string, NotHeld>();

/** Thousands of machines say the same of the same rules; it is kept once. */
function once(one: NotHeld): NotHeld {
  const text = `${one.id} ${one.why}`;
  const known = said.get(text);
  if (known === undefined) said.set(text, one);
  return known ?? one;
}

/** A machine that a rule is about, and what Guts can do there. */
export interface FoundIn extends Pick<Finding, 'about' | 'fix'> {
  readonly ref: string;
  readonly name: string;
}

/** One rule, and the machines that it is about. */
export interface FindingGroup extends Pick<Finding, 'id' | 'severity' | 'says' | 'remedy'> {
  readonly machines: readonly FoundIn[];
}

/** What blocks first, then by how many machines it is about. */
export function groupsOf(draft: Draft, picked: readonly Picked[], byRef: Checks['byRef']): FindingGroup[] {
  const groups = new Map<string, FindingGroup & { machines: FindingGroup['machines'][number][] }>();
  for (const one of picked)
    for (const { id, severity, says, remedy, about, fix } of checkedOf(byRef, draft, one)?.findings ?? []) {
      const group = groups.get(id) ?? { id, severity, says, remedy, machines: [] };
      group.machines.push({
        ref: one.machine.ref,
        name: one.machine.name,
        about,
        ...(fix === undefined ? {} : { fix }),
      });
      groups.set(id, group);
    }
  const weight = ({ severity }: FindingGroup): number => severities.indexOf(severity);
  return [...groups.values()].sort((a, b) => weight(a) - weight(b) || b.machines.length - a.machines.length);
}

export const isAccepted = (accept: Picked['options']['accept'], id: string): boolean =>
  accept === 'all' || accept.includes(id);
