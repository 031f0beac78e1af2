/** `guts settings`: how many migrations run at once, and how fast they may send. */
import { readFile } from 'node:fs/promises';
import { InvalidArgumentError, type Command } from 'commander';
import { z } from 'zod';
import { GutsError } from '../shared/errors.ts';
import { MOST_SLOTS, SchedulerSettings, type BandwidthLimit } from '../shared/schedule.ts';
import { sheet } from './table.ts';
import { size } from './terminal.ts';
import { UsageError } from './usage-error.ts';
import { Workplace } from './workplace.ts';

interface Flags {
  readonly global?: number;
  readonly perSource?: number;
  readonly perHost?: number;
  readonly perDatastore?: number;
  readonly perDestination?: number;
  readonly preflights?: number;
  readonly bandwidth?: number | 'none';
  readonly bandwidthPerMigration?: number | 'none';
  readonly mostLatency?: number | 'none';
  readonly hold?: boolean;
  readonly release?: boolean;
  readonly file?: string;
}

class SettingsFileError extends GutsError {
  readonly code = 'settings.unreadable';
  readonly remedy = 'Give a JSON file as “guts settings show --json” prints it, whole or in parts.';
}

export function addSettings(program: Command): void {
  const settings = program.command('settings').description('how many migrations run at once, and how fast they send');
  const show = settings
    .command('show')
    .description('the settings as they are')
    .action(async () => {
      await using workplace = await Workplace.open(show);
      const now = await workplace.call('settings.show', {});
      workplace.terminal.result(now, () => text(now));
    });
  const set = settings
    .command('set')
    .description('change settings; they hold at once')
    .option('--global <n>', 'migrations at once', count)
    .option('--per-source <n>', 'migrations at once from a source', count)
    .option('--per-host <n>', 'migrations at once from a host of a source', count)
    .option('--per-datastore <n>', 'migrations at once from a datastore', count)
    .option('--per-destination <n>', 'migrations at once to a destination', count)
    .option('--preflights <n>', 'preflights at once', count)
    .option('--bandwidth <rate>', 'of all together, such as 50MB or 400Mbit; none is no limit', rate)
    .option('--bandwidth-per-migration <rate>', 'of each migration', rate)
    .option(
      '--most-latency <time>',
      'slow what is copied while reads from its datastore take longer; none never does',
      latency,
    )
    .option('--hold', 'start nothing more until --release')
    .option('--release', 'start again what waits')
    .option('--file <file>', 'take settings from a JSON file, for example a table of times of the day')
    .addHelpText(
      'after',
      '\nExamples:\n  $ guts settings set --global 8 --per-host 2\n  $ guts settings set --bandwidth 400Mbit\n  $ guts settings set --most-latency 30ms\n  $ guts settings set --hold',
    )
    .action(async (flags: Flags) => {
      if (flags.hold === true && flags.release === true) throw new UsageError('Give --hold or --release, not both.');
      await using workplace = await Workplace.open(set);
      const now = await workplace.call('settings.show', {});
      const change = { ...(flags.file === undefined ? {} : await fromFile(flags.file, now)), ...changeBy(flags, now) };
      if (Object.keys(change).length === 0) throw new UsageError('Say what to change: see guts settings set --help.');
      const after = await workplace.call('settings.change', change);
      workplace.terminal.result(after, () => text(after));
    });
}

/** The settings that the flags name; a table of times of the day stays beside a new rate. */
function changeBy(flags: Flags, { slots, bandwidth }: SchedulerSettings): Partial<SchedulerSettings> {
  const named = {
    global: flags.global,
    perSource: flags.perSource,
    perHost: flags.perHost,
    perDatastore: flags.perDatastore,
    perDestination: flags.perDestination,
  };
  const asked = Object.entries(named).filter(([, value]) => value !== undefined);
  const limit = (given: number | 'none' | undefined, before: BandwidthLimit): BandwidthLimit =>
    given === undefined ? before : { ...before, otherwise: orNull(given) };
  const isAboutRates = flags.bandwidth !== undefined || flags.bandwidthPerMigration !== undefined;
  const rates = {
    ...bandwidth,
    global: limit(flags.bandwidth, bandwidth.global),
    perMigration: limit(flags.bandwidthPerMigration, bandwidth.perMigration),
  };
  return {
    ...(asked.length === 0 ? {} : { slots: { ...slots, ...Object.fromEntries(asked) } }),
    ...(flags.preflights === undefined ? {} : { preflights: flags.preflights }),
    ...(isAboutRates ? { bandwidth: rates } : {}),
    ...(flags.mostLatency === undefined ? {} : { latency: { mostMilliseconds: orNull(flags.mostLatency) } }),
    ...(flags.hold === true || flags.release === true ? { isPaused: flags.hold === true } : {}),
  };
}

/** Only what stands in the file; the rest of the settings is there to check it as a whole. */
async function fromFile(file: string, now: SchedulerSettings): Promise<Partial<SchedulerSettings>> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new SettingsFileError(`The file “${file}” is no JSON that can be read.`, { cause });
  }
  const named = z.record(z.string(), z.unknown()).safeParse(value);
  if (!named.success) throw new SettingsFileError(`“${file}” holds no settings.`);
  const whole = SchedulerSettings.strict().safeParse({ ...now, ...named.data });
  if (!whole.success) throw new SettingsFileError(`“${file}”: ${z.prettifyError(whole.error)}`);
  return Object.fromEntries(Object.entries(whole.data).filter(([name]) => Object.hasOwn(named.data, name)));
}

function text({ slots, preflights, bandwidth, latency, isPaused }: SchedulerSettings): string {
  return sheet([
    ['migrations at once', isPaused ? `none: held (else ${slots.global})` : String(slots.global)],
    ['from a source', String(slots.perSource)],
    ['from a host', String(slots.perHost)],
    ['from a datastore', String(slots.perDatastore)],
    ['to a destination', String(slots.perDestination)],
    ['preflights at once', String(preflights)],
    ['reads may take', latencyText(latency)],
    ['all together', limitText(bandwidth.global)],
    ['each migration', limitText(bandwidth.perMigration)],
    ...Object.entries(bandwidth.perSource).map(([id, limit]): [string, string] => [id, limitText(limit)]),
  ]);
}

const latencyText = ({ mostMilliseconds }: SchedulerSettings['latency']): string =>
  mostMilliseconds === null ? 'any time' : `${mostMilliseconds} ms, then copying is slowed`;

function limitText({ otherwise, table }: BandwidthLimit): string {
  const rateText = (bytes: number | null): string => (bytes === null ? 'no limit' : `${size(bytes)}/s`);
  const rows = table.map(
    ({ when, bytesPerSecond }) =>
      `${rateText(bytesPerSecond)} for ${when.minutes} min from “${when.opens}” (${when.timeZone})`,
  );
  return [...rows, rateText(otherwise)].join(', else ');
}

function count(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > MOST_SLOTS)
    throw new InvalidArgumentError(`Give a whole number from 1 to ${MOST_SLOTS}.`);
  return value;
}

/** Milliseconds. */
function latency(text: string): number | 'none' {
  if (text === 'none') return text;
  const value = Number(/^(\d+) ?(?:ms)?$/.exec(text)?.[1] ?? Number.NaN);
  if (!(value >= 1 && value <= 60_000)) throw new InvalidArgumentError('Give a time from 1ms to 60000ms, or none.');
  return value;
}

const UNITS: Readonly<Record<string, number>> = {
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  KBIT: 1e3 / 8,
  MBIT: 1e6 / 8,
  GBIT: 1e9 / 8,
};

/** Bytes per second. */
function rate(text: string): number | 'none' {
  if (text === 'none') return text;
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?([kmg](?:i?b|bit))(?:\/s)?$/i.exec(text) ?? [];
  const bytes = Math.round(Number(number) * (UNITS[unit?.toUpperCase() ?? ''] ?? Number.NaN));
  if (!Number.isFinite(bytes) || bytes < 64 * 1024)
    throw new InvalidArgumentError('Give a rate such as 50MB, 48MiB or 400Mbit (at least 64KiB), or none.');
  return bytes;
}

/** A value that is given cannot be null for commander, which takes that for none. */
const orNull = <T>(given: T | 'none'): T | null => (given === 'none' ? null : given);
