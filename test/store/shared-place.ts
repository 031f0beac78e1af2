/** A database as stories have it: servers with their own folders open it, and it is gone with the story. */
import { mkdirSync } from 'node:fs';
import type { ConnectOptions } from '../../main/store/sql/connect.ts';
import { SqlState } from '../../main/store/sql/state.ts';
import { scratch } from '../support/disks.ts';
import type { SharedPlace } from './shared-stories.ts';

/** @param end removes the database */
export function sharedPlace(options: ConnectOptions, end: () => Promise<void> = async () => {}): SharedPlace {
  const folder = scratch();
  return {
    options,
    freshDir: folder.file('fresh'),
    open: async (server = 'a') => {
      const dataDir = folder.file(server);
      mkdirSync(dataDir, { recursive: true });
      const state = await SqlState.open({ ...options, dataDir, node: server, onDetail: () => {} });
      return Object.assign(state, { dataDir });
    },
    [Symbol.asyncDispose]: async () => {
      await end();
      folder[Symbol.dispose]();
    },
  };
}
