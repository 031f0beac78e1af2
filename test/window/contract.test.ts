/** The contract between page and main process, without Electron: what gets through and what does not. */
import type { IpcMainInvokeEvent } from 'electron';
import { describe, expect, test } from 'vitest';
import { serve, tell } from '../../main/electron/ipc.ts';
import { askNames, type Handlers, type Reply } from '../../main/shared/contract.ts';
import { EngineId } from '../../main/shared/engines.ts';
import { GutsError } from '../../main/shared/errors.ts';

class ClipboardBusyError extends GutsError {
  readonly code = 'test.busy';
  readonly remedy = 'Try again.';
}

const wishes = { finished: true, failed: true, needsYou: true, window: true };
const updates = { channel: 'off', feed: null, isManaged: false, version: '1', last: { kind: 'never' } } as const;
const nothing = async (): Promise<null> => await Promise.resolve(null);

/** Handlers that do nothing. */
const idle: Handlers = {
  'app.facts': async () => ({ version: '1', platform: 'linux', command: 'guts', commandFolder: null }),
  'app.versions': async () => [],
  'engine.status': async () => ({ state: 'starting' }),
  'engine.restart': nothing,
  'engine.unlock': nothing,
  'engines.get': async () => ({ engines: [], shown: null, version: '1' }),
  'engines.look': nothing,
  'engines.test': async () => {
    throw new ClipboardBusyError('Nobody is there.');
  },
  'engines.add': async ({ name, url, trust }) => ({ id: EngineId.parse('eng_0123456789ab'), name, url, trust }),
  'engines.change': async () => {
    throw new ClipboardBusyError('Nobody is there.');
  },
  'handover.look': async () => ({
    plan: { name: 'spring', machines: 1 },
    goes: [],
    stays: [],
    obstacles: [],
    sends: [],
  }),
  'handover.start': async () => {
    throw new ClipboardBusyError('Nobody is there.');
  },
  'handover.show': async () => {
    throw new ClipboardBusyError('Nobody is there.');
  },
  'engines.remove': nothing,
  'engines.show': nothing,
  'demo.start': nothing,
  'demo.end': nothing,
  'clipboard.write': nothing,
  'theme.set': nothing,
  'report.pdf': async () => new Uint8Array(),
  'language.set': nothing,
  'window.news': async () => ({ path: null, cameBack: false }),
  'menu.places': nothing,
  'quit.answer': nothing,
  'closing.get': async () => 'ask',
  'closing.set': async ({ closing }) => closing,
  'notifications.get': async () => wishes,
  'notifications.set': async (wished) => wished,
  'updates.get': async () => updates,
  'updates.set': async () => updates,
  'updates.check': async () => updates,
  'link.open': nothing,
  'folder.open': nothing,
};

/** A main process with the contract on it; `ask` is what a page on `url` gets to hear. */
function served(changes: Partial<Handlers> = {}) {
  const copied: string[] = [];
  const handlers: Handlers = {
    ...idle,
    'engine.status': async () => ({ state: 'starting' }),
    'clipboard.write': async ({ text }) => {
      copied.push(text);
      return null;
    },
    ...changes,
  };
  const channels = new Map<string, (event: IpcMainInvokeEvent, ...args: unknown[]) => unknown>();
  const ipc = {
    handle: (name: string, listener: (event: IpcMainInvokeEvent, ...args: unknown[]) => unknown) =>
      void channels.set(name, listener),
  };
  serve(ipc, handlers, ({ senderFrame }) => senderFrame?.url === 'guts://app/');
  const ask = async (name: string, input: unknown, url = 'guts://app/'): Promise<Reply> => {
    const event = { senderFrame: { url } } as IpcMainInvokeEvent; // all of an event that serve() looks at
    return (await channels.get(`guts:${name}`)?.(event, input)) as Reply; // serve() answers with nothing else
  };
  return { ask, copied, channels };
}

describe('a call', () => {
  test('is answered for every name in the contract and for no other', () => {
    expect([...served().channels.keys()]).toEqual(askNames.map((name) => `guts:${name}`));
  });

  test('reaches its handler and brings the answer back', async () => {
    const { ask, copied } = served();

    expect(await ask('clipboard.write', { text: 'guts demo' })).toEqual({ ok: true, value: null });
    expect(await ask('engine.status', {})).toEqual({ ok: true, value: { state: 'starting' } });
    expect(copied).toEqual(['guts demo']);
  });

  test.each([
    [undefined],
    [null],
    [{}],
    [{ text: '' }],
    [{ text: 1 }],
    [{ text: 'x', more: 1 }],
    ['guts demo'],
    [{ text: 'x'.repeat(1024 * 1024 + 1) }],
  ])('of the wrong shape is refused before any handler sees it: %j', async (input) => {
    const { ask, copied } = served();

    expect(await ask('clipboard.write', input)).toMatchObject({ ok: false, error: { code: 'window.refused' } });
    expect(copied).toEqual([]);
  });

  test('from any other page is refused', async () => {
    const { ask, copied } = served();

    const reply = await ask('clipboard.write', { text: 'x' }, 'https://example.org/');

    expect(reply).toMatchObject({ ok: false, error: { code: 'window.refused' } });
    expect(copied).toEqual([]);
  });

  test('that fails brings the code and the remedy, and no more', async () => {
    const { ask } = served({
      'engine.restart': async () => {
        throw new ClipboardBusyError('Busy.', { cause: new Error('secret') });
      },
    });

    const reply = await ask('engine.restart', {});

    const error = { code: 'test.busy', message: 'Busy.', remedy: 'Try again.', retryable: false };
    expect(reply).toEqual({ ok: false, error });
  });
});

describe('what the page is told', () => {
  test('arrives on its own channel, and not at all when the page is gone', () => {
    const sent: unknown[] = [];
    const page = { send: (...words: unknown[]) => void sent.push(words), isDestroyed: () => sent.length > 0 };

    tell(page, 'engine.changed', { state: 'starting' });
    tell(page, 'engine.changed', { state: 'starting' });

    expect(sent).toEqual([['guts:engine.changed', { state: 'starting' }]]);
  });
});
