/** Windows of time as people write them: `0 22 * * 1-5 for 360 min in Europe/Berlin`. */
import { InvalidArgumentError } from 'commander';
import { TimeWindow } from '../shared/schedule.ts';

const UNITS: Readonly<Record<string, number>> = { m: 1, min: 1, h: 60 };

/** Without a time zone it is this machine's. */
export function windowOf(text: string): TimeWindow {
  const [, opens, number, unit, zone] = /^(.+?) for (\d{1,5}) ?(min|m|h)(?: in (\S+))?$/.exec(text.trim()) ?? [];
  const timeZone = zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const { data, success } = TimeWindow.safeParse({
    opens: opens?.trim(),
    minutes: Number(number) * (UNITS[unit ?? ''] ?? Number.NaN),
    timeZone,
  });
  if (!success)
    throw new InvalidArgumentError(
      'Give cron’s five fields, how long, and the zone: "0 22 * * 1-5 for 6h in Europe/Berlin".',
    );
  return data;
}
