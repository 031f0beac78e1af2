/** Disks, network cards and snapshots of a machine. */
import { Fragment } from 'react';
import type { InventoryDisk, InventoryNic, InventorySnapshot } from '../../../main/shared/inventory.ts';
import { Badge } from '../../parts/Badge.tsx';
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
        rows={disks.map(({ key, label, sizeBytes, sectorBytes, storedBytes, controller, mode, file, problem }) => [
          key,
          [
            label,
            sectorBytes === undefined
              ? sizeText(sizeBytes)
              : t('machine.sectors', { size: sizeText(sizeBytes), sector: sizeText(sectorBytes) }),
            storedBytes === null ? '–' : sizeText(storedBytes),
            `${controller.model ?? controller.kind} ${controller.bus}:${controller.unit}`,
            mode,
            <Fragment key="file">
              <code>{file ?? '–'}</code>
              {problem !== undefined && (
                <div>
                  <Badge tone="bad">{t('machine.problem')}</Badge> {problem}
                </div>
              )}
            </Fragment>,
          ],
        ])}
      />
    </Section>
  );
}

interface NicsProps {
  readonly nics: readonly InventoryNic[];
  /** On Hyper-V a card is on a virtual switch. */
  readonly isHyperv: boolean;
}

export function Nics({ nics, isHyperv }: NicsProps) {
  return (
    <Section title={t('machine.nics')}>
      <ShortTable
        label={t('machine.nics')}
        empty={t('machine.noNics')}
        head={[
          t('machine.label'),
          t(isHyperv ? 'machine.switch' : 'machine.network'),
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

interface SnapshotsProps {
  readonly snapshots: readonly InventorySnapshot[];
  /** Hyper-V’s word for them is another. */
  readonly isHyperv: boolean;
}

export function Snapshots({ snapshots, isHyperv }: SnapshotsProps) {
  const title = t(isHyperv ? 'machine.checkpoints' : 'machine.snapshots');
  return (
    <Section title={title}>
      <ShortTable
        label={title}
        empty={t(isHyperv ? 'machine.noCheckpoints' : 'machine.noSnapshots')}
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
