/** Entry of the window's page. */
import './theme/theme.css';
import './theme/first-screen.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { FirstScreen } from './screens/FirstScreen.tsx';
import { followEngine } from './state/engine.ts';
import { loadFacts } from './state/facts.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no place to draw in.');

followEngine();
void loadFacts();
createRoot(root).render(
  <StrictMode>
    <FirstScreen />
  </StrictMode>,
);
