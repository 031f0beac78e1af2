/** Everything that is known of the machines of a plan: disks and network cards, which lists do not tell. */
import { useEffect, useMemo } from 'react';
import { create } from 'zustand';
import { toErrorInfo, type ErrorInfo } from '../../../main/shared/errors.ts';
import type { Instance } from '../../../main/shared/operations.ts';
import { allRows, call } from '../../api.ts';
import { onEvent } from '../../state/live.ts';
import { useSession } from '../../state/session.ts';

type Machines = ReadonlyMap<string, Instance>;

interface Kept {
  /** By `SOURCE REF`. */
  readonly known: Machines;
  readonly error: ErrorInfo | null;
  /** Grows when what was known may be old. */
  readonly age: number;
}

const nothing: Machines = new Map();
const useKept = create<Kept>()(() => ({ known: nothing, error: null, age: 0 }));
const asked = new Set<string>();
/** With more, the whole list is asked for. */
const MOST_ONE_BY_ONE = 40;
const AT_ONCE = 4;

function forget(): void {
  asked.clear();
  useKept.setState(({ age }) => ({ age: age + 1, error: null }));
}
useSession.subscribe(({ state }) => {
  if (state === 'ready') return;
  useKept.setState({ known: nothing }); // somebody else may sign in
  forget();
});
onEvent(({ kind }) => {
  if (kind === 'inventory') forget();
});

export interface KnownMachines {
  readonly byRef: Machines;
  readonly error: ErrorInfo | null;
}

/** @param refs of machines that the source has */
export function useMachines(source: string | null, refs: readonly string[]): KnownMachines {
  const { known, error, age } = useKept();
  useEffect(() => {
    if (source !== null) void load(source, refs, age);
  }, [source, refs, age]);
  const byRef = useMemo(
    () =>
      new Map(
        refs.flatMap((ref): [string, Instance][] => {
          const one = known.get(keyOf(source ?? '', ref));
          return one === undefined ? [] : [[ref, one]];
        }),
      ),
    [source, refs, known],
  );
  return { byRef, error };
}

export const retryMachines = forget;

const keyOf = (source: string, ref: string): string => `${source} ${ref}`;

/** @param age of what was asked before, which is not asked again */
async function load(source: string, refs: readonly string[], age: number): Promise<void> {
  const wanted = refs.filter((ref) => !asked.has(`${age} ${keyOf(source, ref)}`));
  if (wanted.length === 0) return;
  for (const ref of wanted) asked.add(`${age} ${keyOf(source, ref)}`);
  try {
    const found =
      wanted.length > MOST_ONE_BY_ONE ? await allRows('instances.list', { source }) : await each(source, wanted);
    useKept.setState(({ known }) => ({
      known: new Map([...known, ...found.map((one): [string, Instance] => [keyOf(source, one.ref), one])]),
      error: null,
    }));
  } catch (error) {
    useKept.setState({ error: toErrorInfo(error) });
  }
}

async function each(source: string, refs: readonly string[]): Promise<Instance[]> {
  const found: Instance[] = [];
  const left = [...refs];
  const next = async (): Promise<void> => {
    for (let ref = left.shift(); ref !== undefined; ref = left.shift())
      found.push(await call('instances.show', { instance: ref, source }));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  return found;
}
