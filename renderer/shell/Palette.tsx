/** Ctrl+K: goes anywhere, and does what can be done from anywhere. */
import { Spotlight, spotlight, type SpotlightActionData } from '@mantine/spotlight';
import { IconSearch } from '@tabler/icons-react';
import { isDesktop } from '../bridge.ts';
import { onMenu } from '../state/desktop.ts';
import { prefer } from '../state/preferences.ts';
import { signOut } from '../state/session.ts';
import { t, type TextKey } from '../texts/t.ts';
import { openAbout } from './AboutDialog.tsx';
import { openKeys } from './KeysDialog.tsx';

interface PaletteProps {
  readonly places: readonly { readonly path: string; readonly title: TextKey }[];
  readonly onGo: (path: string) => void;
}

export const openPalette = (): void => spotlight.open();
onMenu('palette', openPalette);

export function Palette({ places, onGo }: PaletteProps) {
  const goes = places.map(({ path, title }): SpotlightActionData => ({
    id: path,
    label: t(title),
    onClick: () => onGo(path),
  }));
  const does: readonly (readonly [TextKey, () => void])[] = [
    ['shell.themeAuto', () => prefer({ theme: 'auto' })],
    ['shell.themeLight', () => prefer({ theme: 'light' })],
    ['shell.themeDark', () => prefer({ theme: 'dark' })],
    ['shell.languageEn', () => prefer({ language: 'en' })],
    ['shell.languageDe', () => prefer({ language: 'de' })],
    ['log.open', () => onGo('/settings/log')],
    ['shell.keys', openKeys],
    isDesktop() ? ['about.title', openAbout] : ['session.signOut', signOut],
  ];
  return (
    <Spotlight
      actions={[
        { group: t('shell.paletteGo'), actions: goes },
        { group: t('shell.paletteDo'), actions: does.map(([key, onClick]) => ({ id: key, label: t(key), onClick })) },
      ]}
      title={t('shell.palette')}
      classNames={{ header: 'guts-ears' }}
      nothingFound={t('shell.paletteNothing')}
      searchProps={{
        leftSection: <IconSearch size={18} aria-hidden="true" />,
        placeholder: t('shell.palette'),
        'aria-label': t('shell.palette'),
      }}
      scrollable
      maxHeight={420}
    />
  );
}
