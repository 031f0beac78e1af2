/** How long a wave takes at a known pace. */
import { forecastSeconds } from '../../main/shared/proposals/forecast.ts';
import type { RehearsedTimes } from '../../main/shared/rehearsal.ts';
import type { RehearseJob } from '../../main/shared/rehearse-job.ts';
import type { Demand } from './demand.ts';

type Asked = Pick<RehearseJob, 'pace' | 'window' | 'notBefore'>;

export function timesOf(demands: readonly Demand[], { pace, window, notBefore }: Asked): RehearsedTimes {
  const own = demands.filter(({ isEarlier }) => !isEarlier);
  const waves = new Map<number, number[]>();
  for (const { looked, sizeBytes } of own)
    waves.set(looked.machine.wave, [...(waves.get(looked.machine.wave) ?? []), sizeBytes]);
  const { bytesPerSecond, atOnce } = pace;
  return {
    bytes: own.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    ...pace,
    seconds: bytesPerSecond === null ? null : forecastSeconds([...waves.values()], bytesPerSecond, atOnce),
    window,
    notBefore,
  };
}
