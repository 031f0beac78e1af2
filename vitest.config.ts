/** Which tests there are: stories that run anywhere, the window in the real Electron, the packages, the peers of test/interop, other programs' disk formats. */
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { ClosingLine } from './test/house/closing-line.ts';

const never = ['**/node_modules/**', 'out/**', 'release/**', '.cache/**', 'test/peers/**'];

/** Stories with other programs that need no peer. */
const withConverters = ['producers', 'kill', 'hostile'].map((name) => `test/interop/${name}.test.ts`);
/** Stories with brokers and databases, each of which has a folder and ports of its own. */
const withFleets = ['broker', 'fleet', 'fleet-channels', 'fleet-limits', 'fleet-mistakes', 'state-*'].map(
  (name) => `test/interop/${name}.test.ts`,
);
/** A fleet to which everything happens at random; long, and by itself (`npm run test:chaos`). */
const withChaos = ['test/interop/chaos/*.test.ts'];

export default defineConfig({
  test: {
    reporters: ['default', new ClosingLine()],
    environment: 'node',
    testTimeout: 180_000, // CI sets up a cloud beside them
    hookTimeout: 180_000,
    expect: { poll: { timeout: 30_000 } }, // something that comes late is no mistake
    maxWorkers: Math.max(3, availableParallelism() - 1), // stories mostly wait for servers and processes
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
          exclude: [...never, 'test/e2e/**', 'test/packaged/**', 'test/interop/**', 'test/bench/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: never,
          testTimeout: 180_000,
          fileParallelism: false, // one display, one Electron at a time
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'packaged', // what “npm run pack” has made
          include: ['test/packaged/**/*.test.ts'],
          exclude: never,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'interop',
          include: ['test/interop/**/*.test.ts'],
          exclude: [...never, ...withConverters, ...withFleets, ...withChaos],
          fileParallelism: false, // the peers share ports and disks
          globalSetup: 'test/interop/put-back.ts',
          testTimeout: 600_000,
          hookTimeout: 1_800_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'formats',
          include: withConverters,
          exclude: never,
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 600_000,
          sequence: { groupOrder: 3 },
        },
      },
      {
        extends: true,
        test: {
          name: 'fleet',
          include: withFleets,
          exclude: never,
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 4 },
        },
      },
      {
        extends: true,
        test: {
          name: 'chaos',
          include: withChaos,
          exclude: never,
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 5 },
        },
      },
    ],
  },
});
