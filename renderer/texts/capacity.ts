/** How large something is, in the words of people, whatever it is counted in. */
import { numberText, sizeText } from './format.ts';
import { t } from './t.ts';

export const MiB = 2 ** 20;
export const GiB = 2 ** 30;

export const memoryText = (mib: number): string => sizeText(mib * MiB);
export const diskText = (gib: number): string => sizeText(gib * GiB);

interface Flavor {
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly diskGiB: number;
}

/** “2 vCPU, 4 GiB, disk 20 GiB”, and nothing of a disk that it does not have. */
export function flavorText({ vcpus, memoryMiB, diskGiB }: Flavor): string {
  const size = { cpus: numberText(vcpus), memory: memoryText(memoryMiB) };
  return diskGiB === 0
    ? t('rehearsal.flavorSizeWithoutDisk', size)
    : t('rehearsal.flavorSize', { ...size, disk: diskText(diskGiB) });
}
