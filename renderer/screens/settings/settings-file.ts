/** Settings as a file: what the window remembers and what the scheduler goes by, with sources by their names. No secret is in it. */
import { z } from 'zod';
import type { SourceConnection, SourceId } from '../../../main/shared/connections.ts';
import { Theme } from '../../../main/shared/contract.ts';
import { GutsError } from '../../../main/shared/errors.ts';
import { BandwidthLimit, SchedulerSettings } from '../../../main/shared/schedule.ts';
import { languages, type Preferences } from '../../state/preferences.ts';
import { t } from '../../texts/t.ts';

/** Ids of sources mean nothing to another Guts. */
const Kept = SchedulerSettings.omit({ nodesOfSource: true }).extend({
  bandwidth: SchedulerSettings.shape.bandwidth.extend({ perSource: z.record(z.string(), BandwidthLimit) }),
});

const SettingsDocument = z.object({
  settingsVersion: z.literal(1),
  window: z.object({ theme: Theme, language: z.enum(languages), isCompact: z.boolean() }),
  /** Null where whoever saved it might not look. */
  scheduler: Kept.nullable(),
});
export type SettingsDocument = z.infer<typeof SettingsDocument>;

class SettingsFileError extends GutsError {
  readonly code = 'settings.unreadable';
  readonly remedy = t('settingsFile.badRemedy');
}

type Names = readonly Pick<SourceConnection, 'id' | 'name'>[];

export function documentOf(window: Preferences, settings: SchedulerSettings | null, sources: Names): SettingsDocument {
  return {
    settingsVersion: 1,
    window,
    scheduler: settings === null ? null : keptOf(settings, sources),
  };
}

function keptOf({ nodesOfSource: _here, ...settings }: SchedulerSettings, sources: Names): z.infer<typeof Kept> {
  const { bandwidth } = settings;
  const perSource = Object.entries(bandwidth.perSource).map(
    ([id, limit]) => [sources.find((one) => one.id === id)?.name ?? id, limit] as const,
  );
  return { ...settings, bandwidth: { ...bandwidth, perSource: Object.fromEntries(perSource) } };
}

/** A file of settings has some thousand letters. */
export const MOST_LETTERS = 1024 * 1024;
/** Of what is wrong with one. */
const MOST_TOLD = 3;

/** @throws SettingsFileError */
export function readSettings(text: string): SettingsDocument {
  if (text.length > MOST_LETTERS) throw new SettingsFileError(t('settingsFile.large'));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SettingsFileError(t('settingsFile.noJson'));
  }
  const { data, error } = SettingsDocument.safeParse(value);
  if (data !== undefined) return data;
  const wrong = error.issues
    .slice(0, MOST_TOLD)
    .map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': '));
  throw new SettingsFileError(t('settingsFile.bad', { says: wrong.join('; ') }));
}

export interface SettingsChange {
  readonly settings: Omit<SchedulerSettings, 'nodesOfSource'>;
  /** Sources that are not known here: their limits are left out. */
  readonly unknown: readonly string[];
}

/** What the file means here; null where it has nothing for the scheduler. */
export function changeOf({ scheduler }: SettingsDocument, sources: Names): SettingsChange | null {
  if (scheduler === null) return null;
  const unknown: string[] = [];
  const perSource: Record<SourceId, BandwidthLimit> = {};
  for (const [name, limit] of Object.entries(scheduler.bandwidth.perSource)) {
    const source = sources.find((one) => one.name.toLowerCase() === name.toLowerCase());
    if (source === undefined) unknown.push(name);
    else perSource[source.id] = limit;
  }
  return { settings: { ...scheduler, bandwidth: { ...scheduler.bandwidth, perSource } }, unknown };
}
