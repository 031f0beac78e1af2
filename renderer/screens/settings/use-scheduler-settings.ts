/** The settings of the scheduler as they are now, also when somebody else changes them. */
import { useEffect } from 'react';
import type { SchedulerSettings } from '../../../main/shared/schedule.ts';
import { call } from '../../api.ts';
import { onEvent } from '../../state/live.ts';
import { useAnswer, type Answer } from '../../state/use-answer.ts';

const ask = async (signal: AbortSignal): Promise<SchedulerSettings> => await call('settings.show', {}, signal);

export function useSchedulerSettings(): Answer<SchedulerSettings> {
  const answer = useAnswer(ask);
  const { load } = answer;
  useEffect(
    () =>
      onEvent(({ kind }) => {
        if (kind === 'settings' || kind === 'gap') load();
      }),
    [load],
  );
  return answer;
}
