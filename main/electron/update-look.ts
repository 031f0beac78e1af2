/** Asks a feed for the newest version, and can do nothing else: it neither fetches nor installs. Loaded when first needed. */
import { AppUpdater } from 'electron-updater';
import { z } from 'zod';
import type { NewVersion, UpdateChannel } from '../shared/desktop.ts';

const Told = z.object({
  version: z.string(),
  files: z.array(z.object({ url: z.string(), sha512: z.string(), size: z.number().optional() })).default([]),
  releaseNotes: z
    .union([z.string(), z.array(z.object({ version: z.string(), note: z.string().nullish() }))])
    .nullish()
    .catch(null),
  releaseDate: z.string().nullish().catch(null),
});

const MOST_NOTES = 20_000;

class Look extends AppUpdater {
  constructor() {
    super(null);
    this.logger = null;
    this.autoDownload = false;
    this.autoInstallOnAppQuit = false;
    this.forceDevUpdateConfig = true; // a checkout may ask as well; the feed is always given
    this.isUserWithinRollout = () => true;
    // Its own would be a number that is kept in the profile and sent with every question.
    Object.defineProperty(this, 'stagingUserIdPromise', { value: { value: Promise.resolve('none') } });
  }

  protected override async doDownloadUpdate(): Promise<never> {
    return await Promise.reject(new Error('Guts fetches no updates by itself.'));
  }

  override quitAndInstall(): void {
    throw new Error('Guts installs no updates by itself.');
  }
}

/**
 * What there is that is newer than this; null where nothing is.
 * @throws Error with the words of the network or of the updater
 */
export async function lookForUpdate(feed: string, channel: Exclude<UpdateChannel, 'off'>): Promise<NewVersion | null> {
  const look = new Look();
  look.on('error', () => {}); // it throws as well
  look.setFeedURL({ provider: 'generic', url: feed, channel: channel === 'beta' ? 'beta' : 'latest' });
  const result = await look.checkForUpdates();
  if (result?.isUpdateAvailable !== true) return null;
  const { version, files, releaseNotes, releaseDate } = Told.parse(result.updateInfo);
  const base = feed.endsWith('/') ? feed : `${feed}/`;
  return {
    version,
    releasedAt: releaseDate ?? null,
    notes: notesOf(releaseNotes ?? null),
    files: files.map(({ url, sha512, size }) => ({ url: new URL(url, base).href, sha512, sizeBytes: size ?? null })),
  };
}

/** Feeds may have HTML; its words are enough. */
function notesOf(notes: z.infer<typeof Told>['releaseNotes']): string | null {
  if (notes === null || notes === undefined) return null;
  const text =
    typeof notes === 'string' ? notes : notes.map(({ version, note }) => `${version}\n${note ?? ''}`).join('\n\n');
  return text
    .replaceAll(/<[^<>]*>/g, '')
    .trim()
    .slice(0, MOST_NOTES);
}
