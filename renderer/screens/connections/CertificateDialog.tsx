/** Looks at the certificate that the server of a connection shows now, and trusts that one if the operator says so. */
import { Button, Group, Loader, Stack, Text } from '@mantine/core';
import { useCallback, useEffect, useState } from 'react';
import { toErrorInfo, type ErrorInfo } from '../../../main/shared/errors.ts';
import type { CertificateFacts, Trust } from '../../../main/shared/trust.ts';
import { call } from '../../api.ts';
import { Badge } from '../../parts/Badge.tsx';
import { Dialog } from '../../parts/Dialog.tsx';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { testConnection } from '../../state/tests.ts';
import { t } from '../../texts/t.ts';
import { CertificateCard } from './CertificateCard.tsx';
import { reloadConnections, type ConnectionRow } from './rows.ts';

interface CertificateDialogProps {
  readonly row: ConnectionRow;
  readonly onClose: () => void;
}

export function CertificateDialog({ row, onClose }: CertificateDialogProps) {
  const { side, id, name, address, proxy } = row;
  const [facts, setFacts] = useState<CertificateFacts | null>(null);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const [isBusy, setIsBusy] = useState(false);

  const look = useCallback(
    (signal?: AbortSignal): void => {
      call('certificates.look', { url: address, proxy }, signal).then(setFacts, (thrown: unknown) => {
        if (signal?.aborted !== true) setError(toErrorInfo(thrown));
      });
    },
    [address, proxy],
  );
  useEffect(() => {
    const leave = new AbortController();
    look(leave.signal);
    return () => leave.abort();
  }, [look]);

  const again = (): void => {
    setError(null);
    look();
  };
  const trust = async (wish: Trust): Promise<void> => {
    setIsBusy(true);
    try {
      if (side === 'source') await call('sources.trust', { source: id, trust: wish });
      else await call('destinations.trust', { destination: id, trust: wish });
      await reloadConnections();
      void testConnection(side, id);
      onClose();
    } catch (thrown) {
      setError(toErrorInfo(thrown));
      setIsBusy(false);
    }
  };

  return (
    <Dialog onClose={onClose} title={t('certificate.of', { name })} size="xl">
      <Stack>
        {error !== null && <ErrorCard error={error} onRetry={again} />}
        {facts === null && error === null && (
          <Group component="output">
            <Loader size="sm" />
            <Text>{t('certificate.looking')}</Text>
          </Group>
        )}
        {facts !== null && (
          <>
            <Standing trust={row.trust} facts={facts} />
            <CertificateCard address={address} facts={facts} />
          </>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('dialog.cancel')}
          </Button>
          {facts !== null && facts.problem === null && row.trust.kind !== 'system' && (
            <Button variant="default" loading={isBusy} onClick={() => void trust({ kind: 'system' })}>
              {t('certificate.trustSystem')}
            </Button>
          )}
          {facts !== null && !isPinned(row.trust, facts) && (
            <Button loading={isBusy} onClick={() => void trust({ kind: 'pinned', sha256: facts.sha256 })}>
              {t('certificate.trustIt')}
            </Button>
          )}
        </Group>
      </Stack>
    </Dialog>
  );
}

const isPinned = (trust: Trust, { sha256 }: CertificateFacts): boolean =>
  trust.kind === 'pinned' && trust.sha256 === sha256;

/** How what is shown stands to what is trusted. */
function Standing({ trust, facts }: { readonly trust: Trust; readonly facts: CertificateFacts }) {
  if (trust.kind !== 'pinned') return null;
  if (isPinned(trust, facts))
    return (
      <div>
        <Badge tone="good">{t('certificate.unchanged')}</Badge>
      </div>
    );
  return (
    <div>
      <Badge tone="wait">{t('certificate.changed')}</Badge>
      <Text size="sm" mt="xs">
        {t('certificate.before')} <code>{trust.sha256}</code>
      </Text>
      <Text size="sm">{t('certificate.changedWhy')}</Text>
    </div>
  );
}
