/** The section of the report that holds the machine as it was against the server that became of it, line by line. */
import { bytesText } from '../shared/figures.ts';
import type { InventoryNic, InventoryVm } from '../shared/inventory.ts';
import type { MigrationReport } from '../shared/report.ts';
import { html, type Markup, type Slot } from './markup.ts';
import { section, table } from './tables.ts';

const columns = [
  { title: 'What', kind: 'label' },
  { title: 'Before, at the source', kind: 'name' },
  { title: 'After, in the cloud', kind: 'name' },
] as const;

export function beforeAndAfter(report: MigrationReport): Markup | string {
  const { vm } = report.source;
  const { server } = report.destination;
  if (vm === null && server === null) return '';
  const rows: Slot[][] = [...machineRows(vm, report), ...diskRows(vm, report), ...networkRows(vm, report)];
  return section('Before and after', table('The machine before, and the server after', columns, rows), '', 'long');
}

const NONE = '–';

function machineRows(vm: InventoryVm | null, { destination: { server }, boot, mapping }: MigrationReport): Slot[][] {
  const reached = (text: (one: NonNullable<typeof server>) => Slot): Slot => (server === null ? NONE : text(server));
  const running = { running: 'running, as its guest showed', unknown: 'started', notWatched: 'started' };
  const hardware = mapping.find(({ what }) => what === 'Hardware')?.to;
  const name = html`${vm?.name ?? NONE}<small>${vm === null ? '' : placeText(vm)}</small>`;
  return [
    ['Name', name, reached((one) => html`${one.name}<small>${one.id}</small>`)],
    ['Power', vm === null ? NONE : powerText(vm), boot === null ? NONE : running[boot.verdict]],
    [
      'Size',
      vm === null ? NONE : `${vm.cpus} CPU, ${bytesText(vm.memoryBytes)}`,
      reached(({ flavor }) => `flavor ${flavor}`),
    ],
    ['Firmware', vm === null ? NONE : firmwareText(vm), reached(({ profile }) => hardware ?? profile)],
    ['Guest', vm?.guestOsName ?? vm?.guestOsId ?? 'not said', boot?.evidence ?? NONE],
  ];
}

/** Not every hypervisor has folders. */
const placeText = ({ folder, ref }: InventoryVm): string => (folder === '' ? ref : `${folder}, ${ref}`);

function powerText({ power, guest }: InventoryVm): string {
  const word = { on: 'running', off: 'off', suspended: 'suspended', unknown: 'not known' }[power];
  return `${word}, tools ${guest.tools}`;
}

function firmwareText({ firmware, secureBoot, hasTpm, hardwareVersion, hyperv }: InventoryVm): string {
  const words = `${firmware === 'bios' ? 'BIOS' : 'UEFI'}${secureBoot ? ', secure boot' : ''}${hasTpm ? ', TPM' : ''}`;
  if (hyperv !== undefined) return `${words}, generation ${hyperv.generation}, configuration version ${hyperv.version}`;
  return hardwareVersion === null ? words : `${words}, hardware version ${hardwareVersion}`;
}

function diskRows(vm: InventoryVm | null, { disks }: MigrationReport): Slot[][] {
  const was = vm?.disks ?? [];
  const keys = new Set([...was, ...disks].map(({ key }) => key));
  return [...keys].map((key) => {
    const before = was.find((disk) => disk.key === key);
    const after = disks.find((disk) => disk.key === key);
    const from =
      before === undefined
        ? NONE
        : html`${bytesText(before.sizeBytes)} on ${before.controller.model ?? before.controller.kind}
            ${before.controller.bus}:${before.controller.unit}<small>${before.file ?? ''}</small>`;
    const to =
      after === undefined
        ? 'not moved'
        : !after.isThere
          ? 'removed again'
          : html`${bytesText(after.sizeBytes)}, ${after.volumeId === null ? 'image' : 'volume'}<small
                >${after.volumeId ?? after.imageId}</small
              >`;
    return [before?.label ?? after?.label ?? key, from, to];
  });
}

function networkRows(vm: InventoryVm | null, { destination: { ports } }: MigrationReport): Slot[][] {
  const nics = vm?.nics ?? [];
  const labels = new Set([...nics, ...ports].map(({ label }) => label));
  return [...labels].map((label) => {
    const before = nics.find((nic) => nic.label === label);
    const after = ports.find((port) => port.label === label);
    return [label, before === undefined ? NONE : nicText(before), after === undefined ? 'not made' : portText(after)];
  });
}

function nicText({ model, networkName, mac, ipAddresses }: InventoryNic): string {
  const addresses = ipAddresses.map(({ address }) => address);
  return `${networkName ?? 'no network'}: ${[mac ?? 'no MAC', ...addresses].join(', ')}, ${model}`;
}

function portText({ network, mac, addresses, floating, id }: MigrationReport['destination']['ports'][number]): Markup {
  const reached = [mac, ...addresses, ...(floating === null ? [] : [`floating ${floating}`])].join(', ');
  return html`${network}: ${reached}<small>${id}</small>`;
}
