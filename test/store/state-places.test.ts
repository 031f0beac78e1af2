/** The state in the files of a data folder, and in a file of SQLite. */
import { describe } from 'vitest';
import { stateIn } from '../../main/state.ts';
import { scratch } from '../support/disks.ts';
import { sharedPlace } from './shared-place.ts';
import { tellSharedQueueStories } from './shared-queue-stories.ts';
import { tellSharedStories } from './shared-stories.ts';
import { tellStateStories } from './state-stories.ts';

describe('a state in files', () => {
  tellStateStories(async () => {
    const folder = scratch();
    return await Promise.resolve({
      open: async () => {
        const dataDir = folder.file('data');
        return await Promise.resolve({ ...stateIn(dataDir), dataDir, [Symbol.asyncDispose]: async () => {} });
      },
      [Symbol.asyncDispose]: async () => await Promise.resolve(folder[Symbol.dispose]()),
    });
  });
});

describe('a state in SQLite', () => {
  const make = async () => {
    const folder = scratch();
    const address = { kind: 'sqlite', file: folder.file('state.db') } as const;
    const options = { address, trust: null, password: async () => await Promise.resolve('') };
    return await Promise.resolve(sharedPlace(options, async () => await Promise.resolve(folder[Symbol.dispose]())));
  };
  tellStateStories(make);
  tellSharedStories(make);
  tellSharedQueueStories(make);
});
