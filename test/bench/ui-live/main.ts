/**
 * The desktop program of the bench: window, scheme and Guts are the real ones; only its migrations move nothing, but tell how far
 * they are as real ones do. `bench.heldMs()` in its global scope answers how long its thread let others wait since the last time.
 */
import '../../../main/shared/shim.ts';
import { app, ipcMain, protocol, session } from 'electron';
import * as path from 'node:path';
import { pageFrom } from '../../../main/api/page.ts';
import { dataDir } from '../../../main/data-dir.ts';
import { WindowGuts } from '../../../main/electron/guts.ts';
import { tell } from '../../../main/electron/ipc.ts';
import { answersOf, scheme } from '../../../main/electron/scheme.ts';
import { openingOn } from '../../../main/electron/window-place.ts';
import { openWindow } from '../../../main/electron/window.ts';
import { channel } from '../../../main/shared/channel.ts';
import { askNames, type AppFacts, type Reply } from '../../../main/shared/contract.ts';
import { BenchNode } from '../daemon/node.ts';
import { LoopWatch } from '../loop-watch.ts';

/** Longer than anybody looks: all of them copy at the same time. */
const COPY_MS = 600_000;

protocol.registerSchemesAsPrivileged([
  { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
]);
void app.whenReady().then(start);

function start(): void {
  const folder = dataDir();
  const pageFolder = path.join(__dirname, 'renderer');
  const guts = new WindowGuts({
    dataDir: folder,
    pageFolder,
    port: 0,
    nodes: [new BenchNode({ dataDir: folder, copyMs: COPY_MS })],
    onChange: (status) => tell(page, 'engine.changed', status),
    onDetail: (detail) => process.stderr.write(`${detail}\n`),
  });
  session.defaultSession.protocol.handle(
    scheme,
    answersOf(pageFrom(pageFolder), async (request) => await guts.fetch(request)),
  );
  const facts: AppFacts = { version: '0', platform: process.platform, command: 'guts', commandFolder: null };
  const answers: Readonly<Record<string, () => unknown>> = {
    'app.facts': () => facts,
    'engine.status': () => guts.status,
  };
  for (const name of askNames)
    ipcMain.handle(channel(name), async (): Promise<Reply> => {
      return await Promise.resolve({ ok: true, value: answers[name]?.() ?? null });
    });
  const { webContents: page } = openWindow(path.join(__dirname, 'preload.cjs'), false, openingOn([], null));
  guts.start();
  const watch = new LoopWatch();
  Object.assign(globalThis, { bench: { heldMs: () => watch.report().heldMs } });
}
