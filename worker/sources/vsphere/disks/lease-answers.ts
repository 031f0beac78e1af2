/** What vSphere says of a lease: which stream is which disk, whom to ask for it, and what came of it. */
import { z } from 'zod';
import type { InventoryDisk } from '../../../../main/shared/inventory.ts';
import type { StreamedDisk } from '../../../drivers.ts';
import type { BulkFile } from '../../../net/bulk-get.ts';
import { StrangeAnswerError } from '../../../net/errors.ts';
import type { Peer, PeerTrust } from '../../../net/tls.ts';
import { listOf } from '../values.ts';
import { UnreadableDiskError } from './errors.ts';

const DeviceUrl = z.object({
  key: z.string(),
  url: z.string(),
  sslThumbprint: z.string().nullish(),
  disk: z.union([z.boolean(), z.string()]).nullish(),
});
type DeviceUrl = z.infer<typeof DeviceUrl>;

export const LeaseInfo = z.object({
  /** Seconds without progress after which the lease ends. */
  leaseTimeout: z.coerce.number().positive(),
  totalDiskCapacityInKB: z.coerce.number().nonnegative(),
  deviceUrl: listOf(DeviceUrl),
});
export type LeaseInfo = z.infer<typeof LeaseInfo>;

const Manifest = listOf(
  z.object({
    key: z.string(),
    sha1: z.string().nullish(),
    checksum: z.string().nullish(),
    checksumType: z.string().nullish(),
    size: z.coerce.number(),
  }),
);

/** The lease's address of a disk. @throws UnreadableDiskError where it has none */
export function urlOf({ deviceUrl }: LeaseInfo, disk: InventoryDisk, vmName: string): DeviceUrl {
  const found = deviceUrl.find(
    ({ key, disk: isDisk }) => (isDisk === true || isDisk === 'true') && isDeviceKeyOf(key, disk),
  );
  if (found !== undefined) return found;
  throw new UnreadableDiskError(
    `The lease of “${vmName}” has no stream of ${disk.label}.`,
    'Snapshots leave independent disks out: let Guts shut the machine down first, or choose another way of reading.',
  );
}

/** @param peer the server that gave the lease: it vouches for the host, and stands in where no host is named (`*`) */
export function bulkFileOf({ url, sslThumbprint }: DeviceUrl, peer: Peer, name: string): BulkFile {
  const place = /^https:\/\/(\*|\[[0-9A-Fa-f:.]+\]|[^/:[\]?#@]+)(?::(\d{1,5}))?(\/[^\s#]*)$/.exec(url);
  const [, host, port, path] = place ?? [];
  if (host === undefined || path === undefined) {
    throw new StrangeAnswerError(`“${name}”: vSphere names an address that is none.`);
  }
  const thumbprint = sslThumbprint?.trim().toUpperCase() ?? '';
  const trust: PeerTrust = /^([0-9A-F]{2}:){19}[0-9A-F]{2}$/.test(thumbprint)
    ? { kind: 'thumbprint', sha1: thumbprint }
    : peer.trust;
  const portElse = host === '*' ? peer.port : 443;
  return {
    peer: {
      host: host === '*' ? peer.host : host.replace(/^\[(.*)\]$/, '$1'),
      port: port === undefined ? portElse : Number(port),
      trust,
      proxy: peer.proxy,
    },
    path,
    name,
  };
}

/** What a manifest says of one of its streams; null where it says nothing. */
export function sumOf(manifest: unknown, key: string): Awaited<ReturnType<StreamedDisk['manifest']>> {
  const entry = Manifest.parse(manifest).find((one) => one.key === key);
  if (entry === undefined) return null;
  const hex = entry.checksum?.toLowerCase() ?? '';
  const kind = entry.checksumType?.toLowerCase();
  if (kind === 'sha256' && /^[0-9a-f]{64}$/.test(hex)) {
    return { algorithm: 'sha256', hex, sizeBytes: entry.size };
  }
  const short = kind === 'sha1' && hex !== '' ? hex : (entry.sha1?.toLowerCase() ?? '');
  return /^[0-9a-f]{40}$/.test(short) ? { algorithm: 'sha1', hex: short, sizeBytes: entry.size } : null;
}

/** Whether `/vm-127/ParaVirtualSCSIController0:1` is where the disk is plugged in. */
function isDeviceKeyOf(key: string, { controller }: InventoryDisk): boolean {
  const place = /([A-Za-z]+)(\d+):(\d+)$/.exec(key);
  if (place === null || Number(place[2]) !== controller.bus || Number(place[3]) !== controller.unit) return false;
  return kindOf((place[1] as string).toLowerCase()) === controller.kind; // the groups are there when the expression matches
}

function kindOf(model: string): InventoryDisk['controller']['kind'] {
  if (model.includes('ide')) return 'ide';
  if (/ahci|sata/.test(model)) return 'sata';
  return model.includes('nvme') ? 'nvme' : 'scsi';
}
