/** Where Guts keeps its own files: journals and ledger, later its store. */
import { homedir } from 'node:os';
import * as path from 'node:path';

/** `GUTS_DATA_DIR`, else the place that the operating system gives to programs for their state. */
export function dataDir(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: string = process.platform,
): string {
  const given = env['GUTS_DATA_DIR'];
  if (given !== undefined && given !== '') return path.resolve(given);
  const home = homedir();
  if (platform === 'win32') return path.join(env['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local'), 'Guts');
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'Guts');
  return path.join(env['XDG_STATE_HOME'] ?? path.join(home, '.local', 'state'), 'guts');
}
