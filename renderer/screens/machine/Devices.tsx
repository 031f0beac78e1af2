/** Disks, network cards and snapshots of a machine. */
import type { InventoryDisk, InventoryNic, InventorySnapshot } from '../../../main/shared/inventory.ts';
import { exactText, momentText, sizeText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { Section, ShortTable } from './Section.tsx';

export function Disks({ disks }: { readonly disks: readonly InventoryDisk[] }) {
  return (
    <Section title={t('machine.disks')}>
      <ShortTable
        label={t('machine.disks')}
        empty={t('machine.noDisks')}
        head={[
          t('machine.label'),
          t('machine.size'),
          t('machine.used'),
          t('machine.controller'),
          t('machine.mode'),
          t('machine.file'),
        ]}
        rows={disks.map(({ key, label, sizeBytes, storedBytes, controller, mode, file }) => [
          key,
          [
            label,
            sizeText(sizeBytes),
            storedBytes === null ? '–' : sizeText(storedBytes),
            `${controller.model ?? controller.kind} ${controller.bus}:${controller.unit}`,
            mode,
            <code key="file">{file ?? '–'}</code>,
          ],
        ])}
      />
    </Section>
  );
}

export function Nics({ nics }: { readonly nics: readonly InventoryNic[] }) {
  return (
    <Section title={t('machine.nics')}>
      <ShortTable
        label={t('machine.nics')}
        empty={t('machine.noNics')}
        head={[
          t('machine.label'),
          t('machine.network'),
          t('machine.mac'),
          t('machine.model'),
          t('machine.connected'),
          t('machine.addresses'),
        ]}
        rows={nics.map(({ key, label, networkName, mac, model, connected, ipAddresses }) => [
          key,
          [
            label,
            networkName ?? '–',
            <code key="mac">{mac ?? '–'}</code>,
            model,
            t(connected ? 'machine.yes' : 'machine.no'),
            ipAddresses.map(({ address }) => address).join(', ') || '–',
          ],
        ])}
      />
    </Section>
  );
}

export function Snapshots({ snapshots }: { readonly snapshots: readonly InventorySnapshot[] }) {
  return (
    <Section title={t('machine.snapshots')}>
      <ShortTable
        label={t('machine.snapshots')}
        empty={t('machine.noSnapshots')}
        head={[t('machine.name'), t('machine.taken')]}
        rows={snapshots.map(({ ref, name, createdAt }) => [
          ref,
          [
            name,
            <time key="at" dateTime={createdAt} title={exactText(createdAt)}>
              {momentText(createdAt)}
            </time>,
          ],
        ])}
      />
    </Section>
  );
}
