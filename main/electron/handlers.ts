/** What happens when the window asks something of the desktop program. */
import type { App, Clipboard } from 'electron';
import * as path from 'node:path';
import type { AppFacts, Handlers } from '../shared/contract.ts';
import type { ShownGuts } from './shown-guts.ts';
import type { ThemeFile } from './theme-file.ts';

export interface HandlerParts {
  readonly app: App;
  readonly clipboard: Clipboard;
  readonly guts: ShownGuts;
  readonly theme: ThemeFile;
}

export function handlersFor({ app, clipboard, guts, theme }: HandlerParts): Handlers {
  const facts = factsOf(app);
  return {
    'app.facts': async () => facts,
    'engine.status': async () => guts.status,
    'engine.restart': async () => {
      guts.start();
      return null;
    },
    'engine.unlock': async ({ passphrase }) => {
      guts.unlock(passphrase);
      return null;
    },
    'demo.start': async () => {
      await guts.startDemo();
      return null;
    },
    'demo.end': async () => {
      await guts.endDemo();
      return null;
    },
    'clipboard.write': async ({ text }) => {
      clipboard.writeText(text);
      return null;
    },
    'theme.set': async ({ theme: wish }) => {
      await theme.set(wish);
      return null;
    },
  };
}

/** The command line lies beside the window: in a checkout behind npm, in a package as a file that Node 20 can run. */
function factsOf(app: Pick<App, 'isPackaged' | 'getAppPath' | 'getVersion'>): AppFacts {
  const common = { version: app.getVersion(), platform: process.platform };
  if (!app.isPackaged) return { ...common, command: 'npm run -s guts --', commandFolder: app.getAppPath() };
  return {
    ...common,
    command: `node "${path.join(`${app.getAppPath()}.unpacked`, 'out', 'cli.cjs')}"`,
    commandFolder: null,
  };
}
