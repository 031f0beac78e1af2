/** Answers what is asked about the scheduler's settings. */
import type { Scheduler } from '../scheduler/scheduler.ts';
import type { SchedulerSettings } from '../shared/schedule.ts';
import type { Some } from './handlers.ts';

export function settingsHandlers(scheduler: Scheduler): Some<'settings.show' | 'settings.change'> {
  return {
    'settings.show': async () => await Promise.resolve(scheduler.settings),
    'settings.change': async (change) => {
      const named = Object.entries(change).filter(([, value]) => value !== undefined);
      return await scheduler.changeSettings(Object.fromEntries(named) as Partial<SchedulerSettings>); // of its own fields
    },
  };
}
