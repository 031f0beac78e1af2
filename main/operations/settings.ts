/** Answers what is asked about the scheduler's settings. */
import type { Scheduler } from '../scheduler/scheduler.ts';
import { definedOf } from './defined.ts';
import type { Some } from './handlers.ts';

export function settingsHandlers(scheduler: Scheduler): Some<'settings.show' | 'settings.change'> {
  return {
    'settings.show': async () => await Promise.resolve(scheduler.settings),
    'settings.change': async (change) => await scheduler.changeSettings(definedOf(change)),
  };
}
