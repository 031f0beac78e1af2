/** How the last test of each connection went, as far as this window has seen. */
import { create } from 'zustand';
import { toErrorInfo, type ErrorInfo } from '../../main/shared/errors.ts';
import type { OutputOf } from '../../main/shared/operations.ts';
import { call } from '../api.ts';

export type Side = 'source' | 'destination';

export type TestOutcome =
  | { readonly side: 'source'; readonly result: OutputOf<'sources.test'> }
  | { readonly side: 'destination'; readonly result: OutputOf<'destinations.test'> }
  | { readonly side: 'failed'; readonly error: ErrorInfo };

export interface ConnectionTest {
  readonly isRunning: boolean;
  /** Null while the first one runs. */
  readonly last: { readonly at: string; readonly outcome: TestOutcome } | null;
}

export const useTests = create<Readonly<Record<string, ConnectionTest>>>()(() => ({}));

const put = (id: string, test: ConnectionTest): void => useTests.setState({ [id]: test });

/** A test that was part of something else. */
export const noteTest = (id: string, outcome: TestOutcome): void =>
  put(id, { isRunning: false, last: { at: new Date().toISOString(), outcome } });

/** Runs it, and keeps what came of it. What runs already is not run twice. */
export async function testConnection(side: Side, id: string): Promise<void> {
  const before = useTests.getState()[id];
  if (before?.isRunning === true) return;
  put(id, { isRunning: true, last: before?.last ?? null });
  try {
    const outcome: TestOutcome =
      side === 'source'
        ? { side, result: await call('sources.test', { source: id }) }
        : { side, result: await call('destinations.test', { destination: id }) };
    noteTest(id, outcome);
  } catch (error) {
    noteTest(id, { side: 'failed', error: toErrorInfo(error) });
  }
}

export const isFlawless = (outcome: TestOutcome): boolean =>
  outcome.side !== 'failed' &&
  outcome.result.warnings.length === 0 &&
  (outcome.side === 'destination' || outcome.result.missingPrivileges.length === 0);
