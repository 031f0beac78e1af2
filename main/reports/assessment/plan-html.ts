/** What the plan needs, as parts of the assessment’s page: flavors, quotas, networks, storage. */
import type { Assessment } from '../../shared/assessment.ts';
import { remedyText } from '../../shared/remedy.ts';
import { html, type Markup, type Slot } from '../markup.ts';
import { section, table, tag } from '../tables.ts';
import { cut } from './parts-html.ts';
import { compatibleMeans, inOrder } from './hardware.ts';
import { diskText, memoryText, numberText, quotaText, quotaWords, stayingText } from './words.ts';

const MOST_ROWS = 100;

export function flavorsSection({ flavors: list }: Assessment): Markup | string {
  if (list.length === 0) return '';
  const columns = [
    { title: 'Flavor', kind: 'name' },
    { title: 'vCPU', kind: 'number' },
    { title: 'Memory', kind: 'number' },
    { title: 'Disk', kind: 'number' },
    { title: 'Machines', kind: 'number' },
    { title: 'More than they have', kind: 'number' },
    { title: 'Is there' },
  ] as const;
  const rows = list
    .slice(0, MOST_ROWS)
    .map(({ name, vcpus, memoryMiB, diskGiB, machines: count, notMoving, waste, isNew }): Slot[] => [
      name,
      numberText(vcpus),
      memoryText(memoryMiB),
      diskGiB === 0 ? '–' : diskText(diskGiB),
      withNote(numberText(count), stayingText({ machines: count, notMoving })),
      waste.vcpus === 0 && waste.memoryMiB === 0
        ? '–'
        : html`${numberText(waste.vcpus)} vCPU<small>${memoryText(waste.memoryMiB)}</small>`,
      isNew ? tag('wait', 'to be made') : tag('good', 'yes'),
    ]);
  return section(
    'Flavors',
    html`${table('Flavors that are needed', columns, rows)}${cut(list.length, MOST_ROWS)}`,
    '',
    'long',
  );
}

export function quotasSection({ quotas: list, cloud }: Assessment): Markup {
  if (cloud === null) {
    const plain = list
      .filter(({ needs }) => needs > 0)
      .map(({ of, needs }): Slot[] => [quotaWords[of], quotaText(of, needs)]);
    return section(
      'What a project needs',
      table('Quotas', [{ title: 'What', kind: 'name' }, { title: 'Needed' }], plain),
      'For all machines that were judged, also those that are not ready. No cloud was asked: these are the plain numbers to ask for.',
    );
  }
  const columns = [
    { title: 'What', kind: 'name' },
    { title: 'Needed', kind: 'number' },
    { title: 'In use', kind: 'number' },
    { title: 'Limit', kind: 'number' },
    { title: 'Enough' },
  ] as const;
  const rows = list
    .filter(({ of, needs }) => needs > 0 || of !== 'floatingIps')
    .map(({ of, type, needs, quota, over }): Slot[] => [
      type === null ? quotaWords[of] : html`${quotaWords[of]}<small>of type “${type}”</small>`,
      quotaText(of, needs),
      quota === null ? '–' : quotaText(of, quota.used),
      quota === null ? '–' : quota.limit === null ? 'none' : quotaText(of, quota.limit),
      quota === null
        ? tag('plain', 'not asked')
        : over > 0
          ? tag('bad', `${quotaText(of, over)} too many`)
          : tag('good', 'yes'),
    ]);
  return section('What a project needs', table('Quotas', columns, rows));
}

const withNote = (text: string, note: string): Slot => (note === '' ? text : html`${text}<small>${note}</small>`);

/** What older assessments do not have is in their basis. */
export function hardwareSection({ profileChoices: list = [] }: Assessment): Markup | string {
  if (list.length === 0) return '';
  const columns = [
    { title: 'Hardware' },
    { title: 'Machines', kind: 'number' },
    { title: 'Why', kind: 'name' },
    { title: 'How it gets virtio', kind: 'name' },
  ] as const;
  const shown = inOrder(list);
  const rows = shown
    .slice(0, MOST_ROWS)
    .map(({ profile, machines: count, reason, remedy }): Slot[] => [
      tag(profile === 'virtio' ? 'good' : 'plain', profile),
      numberText(count),
      reason,
      remedy === null ? '–' : remedyText(remedy),
    ]);
  return section(
    'Hardware',
    html`${table('Hardware that the guests get', columns, rows)}${cut(shown.length, MOST_ROWS)}`,
    `By what is told of the guest’s system, as a migration would choose it; nobody has looked into the disks. ${compatibleMeans}`,
    'long',
  );
}

export function networksSection({ networks: list }: Assessment): Markup | string {
  if (list.length === 0) return '';
  const columns = [
    { title: 'Network', kind: 'name' },
    { title: 'VLAN', kind: 'number' },
    { title: 'Machines', kind: 'number' },
    { title: 'Cards', kind: 'number' },
    { title: 'Addresses', kind: 'number' },
    { title: 'Becomes', kind: 'name' },
  ] as const;
  const rows = list
    .slice(0, MOST_ROWS)
    .map(({ name, vlanId, machines: count, cards, addresses, proposal }): Slot[] => [
      name,
      vlanId === null || vlanId === 0 ? '–' : String(vlanId),
      numberText(count),
      numberText(cards),
      numberText(addresses),
      proposal,
    ]);
  return section(
    'Networks',
    html`${table('Networks, and what they become', columns, rows)}${cut(list.length, MOST_ROWS)}`,
    '',
    'long',
  );
}

export function datastoresSection({ datastores: list }: Assessment): Markup | string {
  if (list.length === 0) return '';
  const columns = [
    { title: 'Datastore', kind: 'name' },
    { title: 'Kind' },
    { title: 'Machines', kind: 'number' },
    { title: 'Disks', kind: 'number' },
    { title: 'Size', kind: 'number' },
    { title: 'Volume type', kind: 'name' },
  ] as const;
  const rows = list
    .slice(0, MOST_ROWS)
    .map(({ name, kind, machines: count, disks, gib, to, why }): Slot[] => [
      name,
      kind ?? '–',
      numberText(count),
      numberText(disks),
      diskText(gib),
      html`${to ?? 'the cloud’s default'}<small>${why}</small>`,
    ]);
  return section(
    'Storage',
    html`${table('Datastores, and what their disks become', columns, rows)}${cut(list.length, MOST_ROWS)}`,
    '',
    'long',
  );
}
