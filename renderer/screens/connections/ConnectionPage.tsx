/** One source or cloud: what is known of it, what can be done with it, and how its last test went. */
import { Anchor, Button, Stack, Title } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';
import { Badge } from '../../parts/Badge.tsx';
import { Empty, Faces } from '../../parts/Faces.tsx';
import { FactList, type Fact } from '../../parts/FactList.tsx';
import { MayButton } from '../../parts/MayButton.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { go } from '../../router.ts';
import { readInventory, useReadings } from '../../state/readings.ts';
import { testConnection, useTests } from '../../state/tests.ts';
import { momentText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { useConnectionActions } from './actions.tsx';
import { inventoryText, TestWord } from './columns.tsx';
import classes from './Connections.module.css';
import { deedsOf, offReason, takes, type ConnectionDeed } from './deeds.ts';
import { groupsOf } from './fingerprint.ts';
import { ReadingFace } from './ReadingFace.tsx';
import {
  kindText,
  reloadConnections,
  secretText,
  trustText,
  usedText,
  useConnections,
  type ConnectionRow,
} from './rows.ts';
import { TestResult } from './TestResult.tsx';

interface ConnectionPageProps {
  readonly params: Readonly<Record<string, string>>;
}

export function ConnectionPage({ params }: ConnectionPageProps) {
  const connections = useConnections();
  return (
    <Faces of={connections} onRetry={() => void reloadConnections()}>
      {(rows) => {
        const row = rows.find(({ id }) => id === params['id']);
        return row === undefined ? <Gone /> : <OneConnection key={row.id} row={row} />;
      }}
    </Faces>
  );
}

const toAll = (): void => go('/connections');

function Gone() {
  return (
    <Empty
      title={t('connections.gone')}
      why={t('connections.goneWhy')}
      action={<Button onClick={toAll}>{t('connections.toAll')}</Button>}
    />
  );
}

function OneConnection({ row }: { readonly row: ConnectionRow }) {
  const { side, id, name } = row;
  const test = useTests((state) => state[id]);
  const reading = useReadings((state) => state[id]);
  const { ask, dialog } = useConnectionActions(toAll);
  const last = test?.last ?? null;
  const askHere = (deed: ConnectionDeed): void => ask(deed, row);
  const isUnread = side === 'source' && row.inventoryTakenAt === null;
  useEffect(() => {
    document.title = `${name} · ${t('app.name')}`;
    return () => void (document.title = t('app.name'));
  }, [name]);

  return (
    <Stack gap="sm">
      <Anchor href="#/connections">{t('connections.title')}</Anchor>
      <PageHead
        title={name}
        aside={
          <>
            <Badge tone="still">{kindText(row)}</Badge>
            <TestWord test={test} />
          </>
        }
        actions={deedsOf(row).map((deed) => (
          <MayButton
            key={deed}
            takes={takes[deed]}
            isOff={offReason(deed, row)}
            variant={deed === (isUnread ? 'refresh' : 'test') ? 'filled' : 'default'}
            onClick={() => askHere(deed)}
          >
            {t(`connections.do.${deed}`)}
          </MayButton>
        ))}
      />
      <section className="guts-card">
        <FactList facts={factsOf(row, reading?.state === 'running')} />
      </section>
      {reading !== undefined && (
        <section className="guts-card" aria-labelledby="reading">
          <Title order={2} size="h5" mb="sm" id="reading">
            {t('connections.inventory')}
          </Title>
          <ReadingFace name={name} reading={reading} onRetry={() => void readInventory(id)} onAsk={askHere} />
        </section>
      )}
      {last !== null && (
        <section className="guts-card" aria-labelledby="tested">
          <Title order={2} size="h5" mb="sm" id="tested">
            {t('connections.testedAt', { time: momentText(last.at) })}
          </Title>
          <TestResult
            name={name}
            outcome={last.outcome}
            at={last.at}
            onRetry={() => void testConnection(side, id)}
            onAsk={askHere}
          />
        </section>
      )}
      {dialog}
    </Stack>
  );
}

function factsOf(row: ConnectionRow, isBeingRead: boolean): Fact[] {
  const { side, address, proxy, who, version, createdAt, secret, hyperv } = row;
  return [
    [t('connections.address'), address],
    [t('connections.who'), who],
    ...(hyperv === undefined ? [] : hypervFacts(hyperv)),
    [t('connections.version'), version ?? t('connections.unknownYet')],
    [t('connections.secretKept'), secretText(secret)],
    [t('connections.certificate'), certificateFact(row)],
    ...(proxy === null ? [] : ([[t('connections.proxy'), proxy]] satisfies Fact[])),
    ...(side === 'source'
      ? ([[t('connections.inventory'), isBeingRead ? t('inventory.reading') : inventoryText(row)]] satisfies Fact[])
      : []),
    [t('connections.used'), usedText(row)],
    [t('connections.created'), momentText(createdAt)],
  ];
}

function hypervFacts({ signInBy, disks }: NonNullable<ConnectionRow['hyperv']>): Fact[] {
  const { smbPort: port, encrypt, places } = disks;
  return [
    [t('connections.method'), t(`connections.signIn.${signInBy}`)],
    [
      t('connections.disks'),
      [
        t(encrypt ? 'connections.smb' : 'connections.smbPlain', { port }),
        ...places.map((one) => t('connections.placeIs', one)),
      ].join('; '),
    ],
  ];
}

/** Whole where one is pinned, in groups that lines break between. */
const certificateFact = (row: ConnectionRow): ReactNode =>
  row.trust.kind === 'pinned'
    ? groupsOf(row.trust.sha256).map((group) => (
        <code key={group} className={classes['group']}>
          {group}
        </code>
      ))
    : trustText(row);
