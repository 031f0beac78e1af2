/** Volumes in Cinder, each made of a disk's image. */
import { z } from 'zod';
import type { PlannedDisk } from '../../../main/shared/migration.ts';
import type { Ledger, ServerSpec } from '../../drivers.ts';
import { NotFoundError } from './errors.ts';
import { NotRemovedError, TooSlowError, VolumeFailedError } from './making-errors.ts';
import { allDone, makeOnce, patienceForGiB, unlessGone, waitUntil, type Site } from './making.ts';

export const Volume = z.object({
  id: z.string().min(1),
  name: z.string().nullish(),
  status: z.string(),
  size: z.number(),
  metadata: z.record(z.string(), z.string()).nullish(),
});
export type Volume = z.infer<typeof Volume>;
const OneVolume = z.object({ volume: Volume });
const Messages = z.object({ messages: z.array(z.object({ user_message: z.string() })) });

/** The first with messages; a cloud that is older has none to tell. */
const WITH_MESSAGES = '3.5';

export const pathOfVolume = (id: string): string => `/volumes/${encodeURIComponent(id)}`;

export async function volumeOf({ session }: Site, id: string, signal: AbortSignal): Promise<Volume | null> {
  const answer = await unlessGone(session.request('volume', 'GET', pathOfVolume(id), { schema: OneVolume, signal }));
  return answer?.volume ?? null;
}

/**
 * Volumes of these disks, side by side; all are ready when this returns.
 * @returns ids by `PlannedDisk.key`, in the disks' order
 * @throws VolumeFailedError, QuotaExceededError, once none is being made any more
 */
export async function makeVolumes(
  site: Site,
  disks: readonly PlannedDisk[],
  spec: ServerSpec,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const ids = await allDone(
    disks.map(async (disk) => {
      const { id } = await makeVolume(site, disk, spec, ledger, signal);
      await readyVolume(site, id, disk, signal);
      return [disk.key, id] as const;
    }),
  );
  return new Map(ids);
}

async function makeVolume(
  site: Site,
  disk: PlannedDisk,
  spec: ServerSpec,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<{ readonly id: string }> {
  const { session } = site;
  const imageId = spec.imageIds.get(disk.key);
  if (imageId === undefined) throw new Error(`no image is there for the disk ${disk.key}`);
  const name = `${spec.migrationTag}-volume-${disk.key}`;
  const item = {
    key: `volume:${disk.key}`,
    kind: 'volume' as const,
    name,
    facts: { image: imageId, called: `${spec.plan.targetName} ${disk.label}` },
  };
  return await makeOnce(
    site,
    ledger,
    item,
    {
      adopt: async (id) => {
        const volume = await volumeOf(site, id, signal);
        if (volume === null || !volume.status.startsWith('error')) return volume;
        await removeVolume(site, id, signal);
        return null;
      },
      find: async () => {
        for await (const volume of session.list('volume', '/volumes/detail', 'volumes', Volume, signal, { name }))
          if (volume.name === name) return volume.id;
        return null;
      },
      create: async (signal) => {
        const volume = {
          name,
          description: `Guts: ${disk.label} of ${spec.sourceVm.name}`.slice(0, 255),
          size: disk.sizeGiB,
          imageRef: imageId,
          ...(disk.volumeType === null ? {} : { volume_type: disk.volumeType }),
          metadata: { guts_migration: spec.migrationTag, guts_disk: disk.label.slice(0, 255) },
        };
        const answer = await session.request('volume', 'POST', '/volumes', {
          schema: OneVolume,
          body: { volume },
          signal,
        });
        return answer.volume;
      },
    },
    signal,
  );
}

async function readyVolume(site: Site, id: string, disk: PlannedDisk, signal: AbortSignal): Promise<void> {
  const isReady = (volume: Volume | null): boolean => ['available', 'in-use'].includes(volume?.status ?? '');
  const volume = await waitUntil(
    site,
    async () => await volumeOf(site, id, signal),
    (seen) => seen === null || seen.status.startsWith('error') || isReady(seen),
    {
      patienceMs: patienceForGiB(disk.sizeGiB),
      late: (seen) => new TooSlowError(`The volume ${id} of ${disk.label} is still “${seen?.status ?? 'missing'}”.`),
      signal,
    },
  );
  if (isReady(volume)) return;
  const what = `The volume ${id} of ${disk.label}`;
  if (volume === null) throw new VolumeFailedError(`${what} was removed while it was being made.`, null);
  throw new VolumeFailedError(`${what} became “${volume.status}”.`, await messageOn(site, id, signal));
}

const REMOVAL_PATIENCE_MS = 10 * 60_000;
/** What Cinder deletes; a volume that is being made, or let go of, is one of these soon. */
const DELETABLE = /^(available|in-use|error|error_restoring|error_extending|error_managing)$/;

/** Returns when it is gone. @throws NotRemovedError when something else holds it */
export async function removeVolume(site: Site, id: string, signal: AbortSignal): Promise<void> {
  const { session } = site;
  let asked = '';
  await waitUntil(
    site,
    async () => {
      const volume = await volumeOf(site, id, signal);
      if (volume === null || !DELETABLE.test(volume.status) || volume.status === asked) return volume;
      if (volume.status !== 'in-use') {
        await unlessGone(session.request('volume', 'DELETE', pathOfVolume(id), { schema: z.null(), signal }));
        asked = volume.status;
      }
      return volume;
    },
    (volume) => volume === null || volume.status === 'error_deleting',
    {
      patienceMs: REMOVAL_PATIENCE_MS,
      late: (volume) => new NotRemovedError(`The volume ${id} cannot be deleted: it is “${volume?.status ?? ''}”.`),
      signal,
    },
  ).then((volume) => {
    if (volume !== null) throw new NotRemovedError(`The volume ${id} cannot be deleted: Cinder failed to.`);
  });
}

/** Cinder's own words on a volume that failed; often there are none. */
async function messageOn({ session }: Site, id: string, signal: AbortSignal): Promise<string | null> {
  if (!session.speaks('volume', WITH_MESSAGES)) return null;
  try {
    const { messages } = await session.request('volume', 'GET', '/messages', {
      schema: Messages,
      query: { resource_uuid: id },
      microversion: WITH_MESSAGES,
      signal,
    });
    return messages[0]?.user_message ?? null;
  } catch (error) {
    if (error instanceof NotFoundError) return null;
    throw error;
  }
}
