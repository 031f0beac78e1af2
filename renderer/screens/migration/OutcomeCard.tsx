/** What became of it: the server, its addresses, what its console said, and how long the machine was off. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import type { MigrationOutcome } from '../../../main/shared/migration.ts';
import { Badge } from '../../parts/Badge.tsx';
import { copyText } from '../../parts/copy.ts';
import { spanText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { Card, Facts, type Fact } from './Card.tsx';
import classes from './Migration.module.css';

export function OutcomeCard({ outcome }: { readonly outcome: MigrationOutcome }) {
  const { serverId, serverName, flavor, ports, boot, downtimeSeconds, seconds, warnings } = outcome;
  const facts: readonly Fact[] = [
    { name: t('migration.server'), value: serverName },
    { name: t('migration.serverId'), value: <Copyable text={serverId} what={t('migration.serverId')} /> },
    { name: t('migration.flavor'), value: flavor },
    ...ports.map(({ mac, addresses, floating }): Fact => ({
      name: t('migration.port', { mac }),
      value: addresses.join(', ') || t('migration.noAddress'),
      ...(floating === null ? {} : { why: t('migration.floating', { address: floating }) }),
    })),
    { name: t('migration.took'), value: spanText(seconds) },
    {
      name: t('migration.downtime'),
      value: downtimeSeconds === null ? t('migration.noDowntime') : spanText(downtimeSeconds),
    },
    {
      name: t('migration.guest'),
      value: <Badge tone={boot.verdict === 'running' ? 'good' : 'wait'}>{t(`boot.${boot.verdict}`)}</Badge>,
      why: boot.evidence,
    },
  ];
  return (
    <Card title={t('migration.outcome')}>
      <Facts facts={facts} />
      {warnings.map((warning) => (
        <p key={warning}>
          <Badge tone="wait">{t('severity.warns')}</Badge> {warning}
        </p>
      ))}
      {boot.console.length > 0 && (
        <details>
          <summary>{t('migration.console')}</summary>
          <pre className={classes['console']}>{boot.console.join('\n')}</pre>
        </details>
      )}
    </Card>
  );
}

function Copyable({ text, what }: { readonly text: string; readonly what: string }) {
  const [isCopied, setIsCopied] = useState(false);
  const label = isCopied ? t('error.copied') : t('migration.copy', { what });
  return (
    <span className={classes['copyable']}>
      <code>{text}</code>
      <Tooltip label={label}>
        <ActionIcon
          variant="subtle"
          size="sm"
          aria-label={label}
          onClick={() => void copyText(text).then(() => setIsCopied(true))}
        >
          {isCopied ? <IconCheck size={16} aria-hidden="true" /> : <IconCopy size={16} aria-hidden="true" />}
        </ActionIcon>
      </Tooltip>
    </span>
  );
}
