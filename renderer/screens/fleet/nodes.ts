/** The nodes as they are, asked for again when one comes, goes or changes, and now and then: space and figures move without a word. */
import { useEffect } from 'react';
import type { NodeFacts } from '../../../main/shared/schedule.ts';
import { call } from '../../api.ts';
import { onEvent } from '../../state/live.ts';
import { useAnswer, type Answer } from '../../state/use-answer.ts';

const EVERY_MS = 5_000;

const ask = async (signal: AbortSignal): Promise<readonly NodeFacts[]> => (await call('nodes.list', {}, signal)).nodes;

export function useNodes(): Answer<readonly NodeFacts[]> {
  const answer = useAnswer(ask);
  const { load } = answer;
  useEffect(() => {
    const timer = setInterval(load, EVERY_MS);
    const end = onEvent(({ kind }) => {
      if (kind === 'node' || kind === 'gap') load();
    });
    return () => {
      clearInterval(timer);
      end();
    };
  }, [load]);
  return answer;
}
