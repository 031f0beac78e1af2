/** The keys that work everywhere. */
import { useHotkeys } from '@mantine/hooks';
import { go } from '../router.ts';
import { loadMigrations } from '../state/migrations.ts';
import { openKeys } from './KeysDialog.tsx';
import { toggleActivity } from './activity-open.ts';
import { openPalette } from './Palette.tsx';

/** @param places of the rail, for Ctrl+1, Ctrl+2 … */
export function useShortcuts(places: readonly string[]): void {
  useHotkeys(
    [
      ['mod+K', openPalette],
      ['mod+J', toggleActivity],
      ['F5', () => void loadMigrations()],
      ...places.slice(0, 9).map((to, at): [string, () => void] => [`mod+${at + 1}`, () => go(to)]),
    ],
    [], // in fields, too: none of them is a letter
  );
  useHotkeys([['shift+?', openKeys]]);
}
