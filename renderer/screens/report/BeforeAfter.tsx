/** The machine as it was, against the server that became of it, line by line. */
import type { InventoryDisk, InventoryNic, InventoryVm } from '../../../main/shared/inventory.ts';
import type { MigrationReport } from '../../../main/shared/report.ts';
import { sizeText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { Listing } from '../../parts/Listing.tsx';
import { two, type Cell } from '../../parts/Section.tsx';

const NOTHING = '–';

export function BeforeAfter({ report }: { readonly report: MigrationReport }) {
  const { vm } = report.source;
  if (vm === null && report.destination.server === null) return null;
  const columns = [{ title: t('report.what') }, { title: t('report.before') }, { title: t('report.after') }];
  const rows = [...machineRows(vm, report), ...diskRows(vm, report), ...cardRows(vm, report)];
  return <Listing title={t('report.beforeAfter')} columns={columns} rows={rows} />;
}

function machineRows(vm: InventoryVm | null, { destination: { server }, boot, mapping }: MigrationReport): Cell[][] {
  const hardware = mapping.find(({ what }) => what === 'Hardware')?.to ?? server?.profile;
  return [
    [
      t('report.name'),
      vm === null ? NOTHING : two(vm.name, vm.folder === '' ? vm.ref : `${vm.folder}, ${vm.ref}`),
      server === null ? NOTHING : two(server.name, server.id),
    ],
    [
      t('report.power'),
      vm === null ? NOTHING : t(`report.power.${vm.power}`),
      boot === null ? NOTHING : t(boot.verdict === 'running' ? 'report.boot.running' : 'report.started'),
    ],
    [
      t('report.size'),
      vm === null ? NOTHING : t('report.cpus', { count: vm.cpus, memory: sizeText(vm.memoryBytes) }),
      server === null ? NOTHING : t('report.flavor', { name: server.flavor }),
    ],
    [t('report.firmware'), vm === null ? NOTHING : firmwareText(vm), hardware ?? NOTHING],
    [t('report.guest'), vm?.guestOsName ?? vm?.guestOsId ?? NOTHING, boot?.evidence ?? NOTHING],
  ];
}

const firmwareText = ({ firmware, secureBoot, hasTpm }: InventoryVm): string =>
  [firmware === 'bios' ? 'BIOS' : 'UEFI', ...(secureBoot ? ['Secure Boot'] : []), ...(hasTpm ? ['TPM'] : [])].join(
    ', ',
  );

function diskRows(vm: InventoryVm | null, { disks }: MigrationReport): Cell[][] {
  const was = vm?.disks ?? [];
  const keys = [...new Set([...was, ...disks].map(({ key }) => key))];
  return keys.map((key) => {
    const before = was.find((disk) => disk.key === key);
    const after = disks.find((disk) => disk.key === key);
    return [
      before?.label ?? after?.label ?? key,
      before === undefined ? NOTHING : two(placeText(before), before.file),
      after === undefined
        ? t('report.notMoved')
        : !after.isThere
          ? t('report.removedAgain')
          : two(
              `${sizeText(after.sizeBytes)}, ${t(after.volumeId === null ? 'report.image' : 'report.volume')}`,
              after.volumeId ?? after.imageId,
            ),
    ];
  });
}

const placeText = ({ sizeBytes, controller: { model, kind, bus, unit } }: InventoryDisk): string =>
  `${sizeText(sizeBytes)}, ${model ?? kind} ${bus}:${unit}`;

function cardRows(vm: InventoryVm | null, { destination: { ports } }: MigrationReport): Cell[][] {
  const cards = vm?.nics ?? [];
  const labels = [...new Set([...cards, ...ports].map(({ label }) => label))];
  return labels.map((label) => {
    const before = cards.find((card) => card.label === label);
    const after = ports.find((port) => port.label === label);
    return [
      label,
      before === undefined ? NOTHING : two(before.networkName ?? NOTHING, cardText(before)),
      after === undefined ? t('report.notMade') : two(after.network, portText(after)),
    ];
  });
}

const cardText = ({ mac, ipAddresses, model }: InventoryNic): string =>
  [mac ?? '', ...ipAddresses.map(({ address }) => address), model].join(' ').trim();

const portText = ({ mac, addresses, floating }: MigrationReport['destination']['ports'][number]): string =>
  [mac, ...addresses, floating ?? ''].join(' ').trim();
