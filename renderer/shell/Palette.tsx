/** Ctrl+K: goes anywhere, and does what can be done from anywhere. */
import { Spotlight, spotlight, type SpotlightActionData } from '@mantine/spotlight';
import { IconSearch } from '@tabler/icons-react';
import { isDesktop } from '../bridge.ts';
import { showEngine, useEngines } from '../state/engines.ts';
import { onMenu } from '../state/desktop.ts';
import { prefer } from '../state/preferences.ts';
import { signOut, useSession } from '../state/session.ts';
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
  const { engines, shown } = useEngines();
  const isDemo = useSession((view) => view.state === 'ready' && view.engine?.isDemo === true);
  const others = engines
    .filter(({ id }) => id !== shown && !isDemo)
    .map(({ id, name }) => ({ id, label: t('engine.showNamed', { name }), onClick: () => void showEngine(id) }));
  const back =
    shown === null ? [] : [{ id: 'own', label: t('engine.showOwnNamed'), onClick: () => void showEngine(null) }];
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
        {
          group: t('shell.paletteDo'),
          actions: [...back, ...others, ...does.map(([key, onClick]) => ({ id: key, label: t(key), onClick }))],
        },
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
