/** What was planned for the machine: each choice, and why it was made. */
import { Table } from '@mantine/core';
import { addressesOf } from '../../../main/shared/proposals/ports.ts';
import type { ScheduledMigration } from '../../../main/shared/schedule.ts';
import { sizeText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { Card, Facts, type Fact } from './Card.tsx';

export function PlanCard({ one }: { readonly one: ScheduledMigration }) {
  const { plan, request } = one;
  if (plan === null) return null;
  const { targetName, flavor, profile, imageProperties, disks, ports } = plan;
  const facts: readonly Fact[] = [
    { name: t('migration.server'), value: targetName },
    { name: t('migration.flavor'), value: flavor.value.name, why: flavor.reason },
    { name: t('migration.hardware'), value: t(`profile.${profile.value}`), why: profile.reason },
    {
      name: t('migration.whileRunning'),
      value: t(`whileRunning.${request.options.whileRunning}`),
    },
    {
      name: t('migration.properties'),
      value: Object.entries(imageProperties)
        .map((pair) => pair.join('='))
        .join(', '),
    },
  ];
  return (
    <Card title={t('migration.plan')}>
      <Facts facts={facts} />
      <Table.ScrollContainer minWidth={420}>
        <Table fz="sm" aria-label={t('migration.plannedDisks')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('migration.disk')}</Table.Th>
              <Table.Th scope="col">{t('migration.size')}</Table.Th>
              <Table.Th scope="col">{t('migration.readBy')}</Table.Th>
              <Table.Th scope="col">{t('migration.becomes')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {disks.map(({ key, label, sizeBytes, sizeGiB, reading, imageFormat, volumeType, bootIndex }) => (
              <Table.Tr key={key}>
                <Table.Td>{label}</Table.Td>
                <Table.Td>{sizeText(sizeBytes)}</Table.Td>
                <Table.Td>
                  {t(`reading.${reading.value}`)}
                  <small className="guts-quiet"> {reading.reason}</small>
                </Table.Td>
                <Table.Td>
                  {request.options.boot === 'image' && bootIndex === 0
                    ? t('migration.asImage', { format: imageFormat.value })
                    : t('migration.asVolume', { size: sizeGiB, type: volumeType ?? '' })}
                  <small className="guts-quiet"> {imageFormat.reason}</small>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {ports.length > 0 && (
        <Table.ScrollContainer minWidth={420}>
          <Table fz="sm" aria-label={t('migration.plannedPorts')}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t('migration.card')}</Table.Th>
                <Table.Th scope="col">{t('migration.network')}</Table.Th>
                <Table.Th scope="col">{t('migration.mac')}</Table.Th>
                <Table.Th scope="col">{t('migration.addresses')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {ports.map((port) => (
                <Table.Tr key={port.nicKey}>
                  <Table.Td>{port.label}</Table.Td>
                  <Table.Td>{port.networkName}</Table.Td>
                  <Table.Td>{port.mac ?? t('migration.cloudChooses')}</Table.Td>
                  <Table.Td>{addressesOf(port).join(', ') || t('migration.cloudChooses')}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Card>
  );
}
