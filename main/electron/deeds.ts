/** What tray, menu and page have done by Guts or by the system, beside what REST is asked. */
import { shell } from 'electron';
import type { ApiClient } from '../shared/client/client.ts';
import { GutsError } from '../shared/errors.ts';
import { logFolder } from '../logs/log-file.ts';
import { makeFolder } from '../store/durable-file.ts';
import type { Watch } from './watch.ts';

class CannotShowError extends GutsError {
  readonly code = 'window.cannot-show';
  readonly remedy: string;

  constructor(place: string, says: string) {
    super(`The system cannot show “${place}”: ${says}`);
    this.remedy = `Open “${place}” yourself.`;
  }
}

/** Nothing begins any more, and what runs comes to a halt where it can go on. */
export async function pauseAll(client: ApiClient, watch: Watch): Promise<void> {
  await client.call('settings.change', { isPaused: true });
  const ids = watch.idsOf(({ isRunning }) => isRunning);
  if (ids.length > 0) await client.call('migrations.actOnMany', { action: 'pause', ids });
}

export async function resumeAll(client: ApiClient, watch: Watch): Promise<void> {
  await client.call('settings.change', { isPaused: false });
  const ids = watch.idsOf(({ stage, isRunning }) => stage === 'paused' && !isRunning);
  if (ids.length > 0) await client.call('migrations.actOnMany', { action: 'resume', ids });
}

/** @throws CannotShowError where there is nothing that shows such a thing */
export async function showLogs(dataDir: string): Promise<void> {
  const folder = logFolder(dataDir);
  await makeFolder(folder);
  await show(folder);
}

/** @throws CannotShowError */
export async function show(place: string): Promise<void> {
  const says = await shell.openPath(place);
  if (says !== '') throw new CannotShowError(place, says);
}
