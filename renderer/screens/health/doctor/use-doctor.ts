/** One run of the path doctor: its steps as they are done, then the report; given up when the screen is left. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { DoctorReport, DoctorStep } from '../../../../main/shared/doctor.ts';
import { toErrorInfo, type ErrorInfo } from '../../../../main/shared/errors.ts';
import type { InputOf } from '../../../../main/shared/operations.ts';
import { call } from '../../../api.ts';
import { onEvent } from '../../../state/live.ts';

export type DoctorState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly steps: readonly DoctorStep[] }
  | { readonly kind: 'done'; readonly report: DoctorReport }
  | { readonly kind: 'failed'; readonly error: ErrorInfo };

export interface Doctor {
  readonly state: DoctorState;
  readonly run: (wish: InputOf<'doctor.run'>) => Promise<void>;
  readonly stop: () => void;
}

export function useDoctor(): Doctor {
  const [state, setState] = useState<DoctorState>({ kind: 'idle' });
  const asking = useRef<AbortController | null>(null);
  useEffect(() => () => asking.current?.abort(), []);

  const run = useCallback(async (wish: InputOf<'doctor.run'>): Promise<void> => {
    asking.current?.abort();
    const stop = new AbortController();
    asking.current = stop;
    const name = crypto.randomUUID();
    setState({ kind: 'running', steps: [] });
    const deaf = onEvent((event) => {
      if (event.kind !== 'doctor.step' || event.run !== name) return;
      setState((now) => (now.kind === 'running' ? { kind: 'running', steps: [...now.steps, event.step] } : now));
    });
    try {
      const report = await call('doctor.run', { ...wish, run: name }, stop.signal);
      if (!stop.signal.aborted) setState({ kind: 'done', report });
    } catch (error) {
      if (!stop.signal.aborted) setState({ kind: 'failed', error: toErrorInfo(error) });
    } finally {
      deaf();
    }
  }, []);
  const stop = useCallback((): void => {
    asking.current?.abort();
    setState({ kind: 'idle' });
  }, []);
  return { state, run, stop };
}
