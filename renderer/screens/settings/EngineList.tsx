/** The engines elsewhere that this window knows: showing, changing, removing and adding them. */
import { Button, Group, Stack, Text, Title, VisuallyHidden } from '@mantine/core';
import { useState } from 'react';
import type { KeptEngine } from '../../../main/shared/engines.ts';
import { ask } from '../../bridge.ts';
import { Badge } from '../../parts/Badge.tsx';
import { ConfirmDialog } from '../../parts/ConfirmDialog.tsx';
import { showEngine, useEngines } from '../../state/engines.ts';
import { t } from '../../texts/t.ts';
import { EngineDialog } from './EngineDialog.tsx';
import classes from './Settings.module.css';

/** @param isDemo nothing else is shown before it ends */
export function EngineList({ isDemo }: { readonly isDemo: boolean }) {
  const { engines } = useEngines();
  const [changing, setChanging] = useState<KeptEngine | 'new' | null>(null);
  const [removing, setRemoving] = useState<KeptEngine | null>(null);
  return (
    <Stack gap="xs">
      <Title order={3} size="h5">
        {t('engine.list')}
      </Title>
      <Text size="sm" c="dimmed">
        {t('engine.listWhy')}
      </Text>
      {engines.length === 0 ? (
        <Text size="sm">{t('engine.none')}</Text>
      ) : (
        <List engines={engines} isDemo={isDemo} onChange={setChanging} onRemove={setRemoving} />
      )}
      {isDemo && <Text size="sm">{t('engine.notInDemo')}</Text>}
      <Group>
        <Button variant="default" size="xs" onClick={() => setChanging('new')}>
          {t('engine.add')}
        </Button>
      </Group>
      {changing !== null && (
        <EngineDialog engine={changing === 'new' ? null : changing} onClose={() => setChanging(null)} />
      )}
      {removing !== null && (
        <ConfirmDialog
          title={t('engine.removeNamed', { name: removing.name })}
          doIt={t('engine.removeIt')}
          onDo={async () => void (await ask('engines.remove', { id: removing.id }))}
          onClose={() => setRemoving(null)}
        >
          <Text>{t('engine.removeWhy')}</Text>
        </ConfirmDialog>
      )}
    </Stack>
  );
}

interface ListProps {
  readonly engines: readonly KeptEngine[];
  readonly isDemo: boolean;
  readonly onChange: (engine: KeptEngine) => void;
  readonly onRemove: (engine: KeptEngine) => void;
}

const columns = ['name', 'url', 'trust', 'action'] as const;

function List({ engines, isDemo, onChange, onRemove }: ListProps) {
  const { shown } = useEngines();
  return (
    <table className={classes['table']} aria-label={t('engine.list')}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col">
              {column === 'action' ? (
                <VisuallyHidden>{t('engine.column.action')}</VisuallyHidden>
              ) : (
                t(`engine.column.${column}`)
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {engines.map((engine) => (
          <tr key={engine.id}>
            <th scope="row">
              {engine.name} {engine.id === shown && <Badge tone="good">{t('engine.isShown')}</Badge>}
            </th>
            <td>{engine.url}</td>
            <td>{t(engine.url.startsWith('http:') ? 'engine.trust.plain' : `engine.trust.${engine.trust.kind}`)}</td>
            <td>
              <Group gap="xs" justify="flex-end">
                {engine.id !== shown && !isDemo && (
                  <Button
                    size="xs"
                    aria-label={t('engine.showNamed', { name: engine.name })}
                    onClick={() => void showEngine(engine.id)}
                  >
                    {t('engine.show')}
                  </Button>
                )}
                <Button
                  size="xs"
                  variant="default"
                  aria-label={t('engine.changeNamed', { name: engine.name })}
                  onClick={() => onChange(engine)}
                >
                  {t('engine.change')}
                </Button>
                <Button
                  size="xs"
                  variant="default"
                  aria-label={t('engine.removeNamed', { name: engine.name })}
                  onClick={() => onRemove(engine)}
                >
                  {t('engine.remove')}
                </Button>
              </Group>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
