/** Migrations of simulated workers and the entries of their journals, about as long as real ones are. */
import { DestinationId, SourceId } from '../../../main/shared/connections.ts';
import { defaultOptions, MigrationId, type MigrationRequest } from '../../../main/shared/migration.ts';

/** Of one migration, after the first that begins its journal. */
export const ENTRIES = 30;
const MOST_OF_WORKER = 100_000;

export const idOf = (worker: number, number: number): MigrationId =>
  MigrationId.parse(`mig_${(worker * MOST_OF_WORKER + number).toString(36).padStart(12, '0')}`);
export const workerOf = (id: MigrationId): number => Math.floor(Number.parseInt(id.slice(4), 36) / MOST_OF_WORKER);

/** By turns that a thing will be made, and that it was. */
export function entryOf(id: MigrationId, number: number): { what: string; [field: string]: unknown } {
  const key = `image:${Math.floor(number / 2)}`;
  if (number % 2 === 1) return { what: 'made', key, id: '8f0b7c9e-5a5b-4d1e-9f0a-3c2b1a0d9e8f' };
  const name = `guts-${id}-${number}`;
  return { what: 'making', item: { key, side: 'destination', kind: 'image', name, id: null, facts: {} } };
}

export const requestOf = (id: MigrationId): MigrationRequest => ({
  id,
  source: SourceId.parse('src_000000000001'),
  destination: DestinationId.parse('dst_000000000001'),
  vm: { ref: 'vm-1', name: 'web-01' },
  options: defaultOptions,
  createdAt: '2026-06-01T10:00:00.000Z',
});
