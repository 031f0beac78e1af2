/** What happens when the window asks for something. */
import type { App, Clipboard } from 'electron';
import * as path from 'node:path';
import type { AppFacts, Handlers } from '../shared/contract.ts';
import type { EngineHost } from './engine.ts';

export function handlersFor(app: App, clipboard: Clipboard, engine: EngineHost): Handlers {
  const facts = factsOf(app);
  return {
    'app.facts': async () => facts,
    'engine.status': async () => engine.status,
    'engine.restart': async () => {
      engine.start();
      return null;
    },
    'clipboard.write': async ({ text }) => {
      clipboard.writeText(text);
      return null;
    },
  };
}

/** The command line lies beside the window: in a checkout behind npm, in a package as a file that Node 20 can run. */
function factsOf(app: Pick<App, 'isPackaged' | 'getAppPath' | 'getVersion'>): AppFacts {
  const version = app.getVersion();
  if (!app.isPackaged) return { version, command: 'npm run -s guts --', commandFolder: app.getAppPath() };
  return {
    version,
    command: `node "${path.join(`${app.getAppPath()}.unpacked`, 'out', 'cli.cjs')}"`,
    commandFolder: null,
  };
}
