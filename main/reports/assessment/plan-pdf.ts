/** What the plan has, on paper: waves, flavors, quotas, networks, storage. */
import { remedyText } from '../../shared/remedy.ts';
import type { Assessment } from '../../shared/assessment.ts';
import { bytesText, minutesText } from '../../shared/figures.ts';
import type { Layout, PdfCell, PdfColumn } from '../pdf/layout.ts';
import { some } from '../pdf/parts.ts';
import { diskText, memoryText, numberText, quotaText, quotaWords, stayingText } from './words.ts';
import { inOrder } from './hardware.ts';
import { namesByWave } from '../../shared/assessed/waves.ts';
import { downtimeText, largeWaveText, namesText, waveOffTexts } from './waves.ts';

const MOST_ROWS = 60;
/** Of one wave. */
const MOST_NAMES = 100;

export function writePlan(layout: Layout, assessment: Assessment): void {
  const { waves, flavors } = assessment;
  const names = namesByWave(assessment);
  some(
    layout,
    'Waves',
    [
      { title: 'Wave', parts: 1 },
      { title: 'Machines', parts: 1, isNumber: true },
      { title: 'To copy', parts: 1.3, isNumber: true },
      { title: 'Takes', parts: 1, isNumber: true },
      { title: 'Off, cold', parts: 1, isNumber: true },
      { title: 'Off, warm', parts: 1, isNumber: true },
      { title: 'Why these', parts: 7 },
    ],
    waves
      .slice(0, MOST_ROWS)
      .map(({ number, isPilot, machines: count, copyBytes, seconds, downtime, why }): PdfCell[] => [
        isPilot ? `${number}, pilot` : String(number),
        numberText(count),
        bytesText(copyBytes),
        minutesText(seconds),
        ...waveOffTexts({ downtime }),
        why,
      ]),
  );
  cut(layout, waves.length, MOST_ROWS);
  const large = largeWaveText(assessment);
  if (large !== null) layout.text(remedyText(large), 'wait');
  if (waves.length > 0) layout.text(downtimeText(assessment), 'quiet', 8);
  some(
    layout,
    'Machines of each wave',
    [
      { title: 'Wave', parts: 1 },
      { title: 'Machines of it', parts: 12 },
    ],
    waves.slice(0, MOST_ROWS).map(({ number }) => [String(number), namesText(names.get(number) ?? [], MOST_NAMES)]),
  );
  some(
    layout,
    'Flavors',
    [
      { title: 'Flavor', parts: 3 },
      { title: 'vCPU', parts: 1, isNumber: true },
      { title: 'Memory', parts: 1.3, isNumber: true },
      { title: 'Machines', parts: 2, isNumber: true },
      { title: 'More than they have', parts: 3, isNumber: true },
      { title: 'Is there', parts: 1.5 },
    ],
    flavors
      .slice(0, MOST_ROWS)
      .map(({ name, vcpus, memoryMiB, machines: count, notMoving, waste, isNew }): PdfCell[] => [
        name,
        numberText(vcpus),
        memoryText(memoryMiB),
        { text: numberText(count), note: stayingText({ machines: count, notMoving }) },
        waste.vcpus === 0 && waste.memoryMiB === 0
          ? '–'
          : `${numberText(waste.vcpus)} vCPU, ${memoryText(waste.memoryMiB)}`,
        isNew ? { text: 'to be made', tone: 'wait' } : { text: 'yes', tone: 'good' },
      ]),
  );
  cut(layout, flavors.length, MOST_ROWS);
}

export function writeNeeds(
  layout: Layout,
  { quotas, cloud, networks, datastores, profileChoices = [] }: Assessment,
): void {
  some(
    layout,
    'Hardware',
    [
      { title: 'Hardware', parts: 1 },
      { title: 'Machines', parts: 1, isNumber: true },
      { title: 'Why', parts: 5 },
      { title: 'How it gets virtio', parts: 5 },
    ],
    inOrder(profileChoices)
      .slice(0, MOST_ROWS)
      .map(({ profile, machines: count, reason, remedy }): PdfCell[] => [
        profile,
        numberText(count),
        reason,
        remedy === null ? '–' : remedyText(remedy),
      ]),
  );
  cut(layout, profileChoices.length, MOST_ROWS);
  writeQuotas(layout, quotas, cloud !== null);
  some(
    layout,
    'Networks',
    [
      { title: 'Network', parts: 3 },
      { title: 'VLAN', parts: 1, isNumber: true },
      { title: 'Machines', parts: 1, isNumber: true },
      { title: 'Addresses', parts: 1, isNumber: true },
      { title: 'Becomes', parts: 6 },
    ],
    networks
      .slice(0, MOST_ROWS)
      .map(({ name, vlanId, machines: count, addresses, proposal }): PdfCell[] => [
        name,
        vlanId === null || vlanId === 0 ? '–' : String(vlanId),
        numberText(count),
        numberText(addresses),
        proposal,
      ]),
  );
  cut(layout, networks.length, MOST_ROWS);
  some(
    layout,
    'Storage',
    [
      { title: 'Datastore', parts: 3 },
      { title: 'Kind', parts: 1 },
      { title: 'Machines', parts: 1, isNumber: true },
      { title: 'Disks', parts: 1, isNumber: true },
      { title: 'Size', parts: 1.3, isNumber: true },
      { title: 'Volume type', parts: 4 },
    ],
    datastores
      .slice(0, MOST_ROWS)
      .map(({ name, kind, machines: count, disks, gib, to, why }): PdfCell[] => [
        name,
        kind ?? '–',
        numberText(count),
        numberText(disks),
        diskText(gib),
        { text: to ?? 'the cloud’s default', note: why },
      ]),
  );
  cut(layout, datastores.length, MOST_ROWS);
}

/** Without a cloud, only what is needed. */
function writeQuotas(layout: Layout, quotas: Assessment['quotas'], hasCloud: boolean): void {
  const columns: readonly PdfColumn[] = [
    { title: 'What', parts: 3 },
    { title: 'Needed', parts: 2, isNumber: true },
  ];
  if (!hasCloud) {
    const plain = quotas
      .filter(({ needs }) => needs > 0)
      .map(({ of, needs }) => [quotaWords[of], quotaText(of, needs)]);
    some(layout, 'What a project needs', [...columns, { title: '', parts: 7 }], plain);
    return;
  }
  some(
    layout,
    'What a project needs',
    [
      ...columns,
      { title: 'In use', parts: 2, isNumber: true },
      { title: 'Limit', parts: 2, isNumber: true },
      { title: 'Enough', parts: 3 },
    ],
    quotas
      .filter(({ of, needs: count }) => count > 0 || of !== 'floatingIps')
      .map(({ of, type, needs: count, quota, over }): PdfCell[] => [
        { text: quotaWords[of], note: type === null ? '' : `of type “${type}”` },
        quotaText(of, count),
        quota === null ? '–' : quotaText(of, quota.used),
        quota === null ? '–' : quota.limit === null ? 'none' : quotaText(of, quota.limit),
        quota === null
          ? { text: 'not asked', tone: 'quiet' }
          : over > 0
            ? { text: `${quotaText(of, over)} too many`, tone: 'bad' }
            : { text: 'yes', tone: 'good' },
      ]),
  );
}

/** Says what paper is no place for. */
export function cut(layout: Layout, all: number, most: number): void {
  if (all > most)
    layout.text(
      `The first ${numberText(most)} of ${numberText(all)}; the others are in XLSX, CSV and JSON.`,
      'quiet',
      8,
    );
}
