/** Whether everything that Guts needs is there: the vault, both sides, space, its own parts, the clouds' quotas. */
import { Button, Collapse, Stack } from '@mantine/core';
import { IconCopy, IconRefresh } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { ErrorInfo } from '../../../main/shared/errors.ts';
import type { VaultStatus } from '../../../main/shared/vault.ts';
import { copyText } from '../../parts/copy.ts';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { Loading } from '../../parts/Faces.tsx';
import { MayButton } from '../../parts/MayButton.tsx';
import { go } from '../../router.ts';
import { useSession } from '../../state/session.ts';
import { testConnection, useTests, type ConnectionTest } from '../../state/tests.ts';
import type { Loaded } from '../../state/loaded.ts';
import { momentText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { reloadConnections, useConnections, type ConnectionRow } from '../connections/rows.ts';
import { PathDoctor } from './doctor/PathDoctor.tsx';
import { HealthTabs } from './HealthTabs.tsx';
import { HealthCard } from './HealthCard.tsx';
import {
  connectionLine,
  nodeLine,
  quotaLines,
  serviceLine,
  textOf,
  vaultLines,
  worst,
  type HealthSection,
} from './judge.ts';
import { Leftovers } from './Leftovers.tsx';
import { loadHealth, loadHealthAnew, nodes, quotas, services } from './stores.ts';
import { Verdict } from './Verdict.tsx';

export function Health() {
  const view = useSession();
  const connections = useConnections();
  const tests = useTests();
  const all = useAll();
  useEffect(() => void loadHealth(), []);
  if (view.state !== 'ready' || all === 'loading' || connections.state === 'loading') return <Loading />;
  const retry = (): void => void Promise.all([reloadConnections(), loadHealth()]);
  if ('error' in all) return <ErrorCard error={all.error} onRetry={retry} />;
  if (connections.state === 'failed') return <ErrorCard error={connections.error} onRetry={retry} />;

  const { vault, version } = view.session;
  const sections = sectionsOf(vault, connections.value, tests, all);
  return <Known rows={connections.value} tests={tests} sections={sections} version={version} />;
}

interface KnownProps {
  readonly rows: readonly ConnectionRow[];
  readonly tests: Readonly<Record<string, ConnectionTest>>;
  readonly sections: readonly HealthSection[];
  readonly version: string;
}

function Known({ rows, tests, sections, version }: KnownProps) {
  const [isCopied, setIsCopied] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const [isOpen, setIsOpen] = useState(false);
  const lines = sections.flatMap((section) => section.lines);
  const isAllGreen = worst(lines) === 'good';
  const checkAll = async (): Promise<void> => {
    setIsBusy(true);
    setIsCopied(false);
    await Promise.all([...rows.map(async ({ side, id }) => await testConnection(side, id)), loadHealthAnew()]);
    setIsBusy(false);
  };
  const copy = (): void => {
    const head = t('health.head', { version, time: momentText(Date.now()) });
    void copyText(textOf(head, sections)).then(() => setIsCopied(true));
  };

  return (
    <HealthTabs
      current="health"
      actions={
        <>
          <MayButton
            takes="operator"
            loading={isBusy}
            leftSection={<IconRefresh size={18} aria-hidden="true" />}
            onClick={() => void checkAll()}
          >
            {t('health.checkAll')}
          </MayButton>
          <Button variant="default" leftSection={<IconCopy size={18} aria-hidden="true" />} onClick={copy}>
            {t(isCopied ? 'error.copied' : 'health.copy')}
          </Button>
          <MayButton takes="admin" variant="default" onClick={() => go('/settings/log')}>
            {t('log.open')}
          </MayButton>
        </>
      }
    >
      <Stack>
        <Verdict lines={lines} />
        {isAllGreen && (
          <div>
            <Button variant="default" size="xs" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
              {t(isOpen ? 'health.hide' : 'health.show')}
            </Button>
          </div>
        )}
        <Collapse expanded={!isAllGreen || isOpen}>
          <Stack>
            {sections
              .filter(({ lines: own }) => own.length > 0)
              .map((section) => (
                <HealthCard key={section.id} section={section} rows={rows} tests={tests} />
              ))}
          </Stack>
        </Collapse>
        <PathDoctor rows={rows} />
        <Leftovers rows={rows} />
      </Stack>
    </HealthTabs>
  );
}

interface All {
  readonly nodes: ValueOf<typeof nodes>;
  readonly services: ValueOf<typeof services>;
  readonly quotas: ValueOf<typeof quotas>;
}
type ValueOf<S extends { use: { getState(): Loaded<unknown> } }> = Extract<
  ReturnType<S['use']['getState']>,
  { state: 'known' }
>['value'];

/** All that is asked for here, once it is known; or why it is not. */
function useAll(): All | 'loading' | { readonly error: ErrorInfo } {
  const own = [nodes.use(), services.use(), quotas.use()] as const;
  const [ofNodes, ofServices, ofQuotas] = own;
  for (const one of own) if (one.state === 'failed') return { error: one.error };
  if (ofNodes.state !== 'known' || ofServices.state !== 'known' || ofQuotas.state !== 'known') return 'loading';
  return { nodes: ofNodes.value, services: ofServices.value, quotas: ofQuotas.value };
}

const sectionsOf = (
  vault: VaultStatus,
  rows: readonly ConnectionRow[],
  tests: Readonly<Record<string, ConnectionTest>>,
  all: All,
): readonly HealthSection[] => [
  { id: 'vault', lines: vaultLines(vault) },
  { id: 'connections', lines: rows.map((row) => connectionLine(row, tests[row.id])) },
  { id: 'nodes', lines: all.nodes.map(nodeLine) },
  { id: 'services', lines: all.services.map(serviceLine) },
  { id: 'quotas', lines: all.quotas.flatMap(quotaLines) },
];
