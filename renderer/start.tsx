/** Puts the window on its page. */
import '../main/shared/shim.ts';
import './theme/styles.ts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { followDesktop } from './state/desktop.ts';
import { followEngines } from './state/engines.ts';
import { followSession } from './state/session.ts';
import { followTheme } from './state/preferences.ts';
import { shareNonce } from './theme/nonce.ts';
import { startTexts } from './texts/t.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no place to draw in.');

shareNonce();
await startTexts();
followTheme();
followSession();
followEngines();
followDesktop();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
