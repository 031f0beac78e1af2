/** The whole window: what is shown depends on how the Guts behind it is. */
import { MantineProvider, type MantineColorSchemeManager } from '@mantine/core';
import { AboutDialog } from './shell/AboutDialog.tsx';
import { KeysDialog } from './shell/KeysDialog.tsx';
import { QuitDialog } from './shell/QuitDialog.tsx';
import { SessionGate } from './shell/SessionGate.tsx';
import { Toasts } from './shell/Toasts.tsx';
import { prefer, usePreferences } from './state/preferences.ts';
import { useSpoken } from './texts/t.ts';
import { nonce } from './theme/nonce.ts';
import { cssVariables, theme } from './theme/theme.ts';

export function App() {
  const language = useSpoken((spoken) => spoken.language);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      colorSchemeManager={schemeManager}
      getStyleNonce={nonce}
    >
      <SessionGate key={language} />
      <KeysDialog />
      <AboutDialog />
      <QuitDialog />
      <Toasts />
    </MantineProvider>
  );
}

let unfollow = (): void => {};
/** The theme is a preference of ours, so that it is kept in one place. */
const schemeManager: MantineColorSchemeManager = {
  get: () => usePreferences.getState().theme,
  set: (wish) => prefer({ theme: wish }),
  subscribe: (hear) => {
    unfollow = usePreferences.subscribe(({ theme: now }, { theme: before }) => {
      if (now !== before) hear(now); // which sets it, and so comes here again
    });
  },
  unsubscribe: () => unfollow(),
  clear: () => prefer({ theme: 'auto' }),
};
