/** Saves the papers for those who own a vCenter, a Hyper-V host or a firewall: a role, rights, ports. */
import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { toErrorInfo, type ErrorInfo } from '../../../../main/shared/errors.ts';
import { call } from '../../../api.ts';
import { ErrorCard } from '../../../parts/ErrorCard.tsx';
import { saveBlob } from '../../../parts/save-blob.ts';
import { t } from '../../../texts/t.ts';

interface PapersProps {
  /** Empty for none. */
  readonly source: string;
  readonly destination: string;
}

export function Papers({ source, destination }: PapersProps) {
  const [isBusy, setIsBusy] = useState(false);
  const [failed, setFailed] = useState<ErrorInfo | null>(null);
  const save = async (): Promise<void> => {
    setIsBusy(true);
    setFailed(null);
    try {
      const { papers } = await call('doctor.papers', {
        sources: source === '' ? [] : [source],
        destinations: destination === '' ? [] : [destination],
      });
      for (const { name, text } of papers) saveBlob(name, new Blob([text], { type: 'text/plain' }));
    } catch (error) {
      setFailed(toErrorInfo(error));
    }
    setIsBusy(false);
  };
  return (
    <>
      <Button
        variant="default"
        loading={isBusy}
        leftSection={<IconDownload size={18} aria-hidden="true" />}
        onClick={() => void save()}
      >
        {t('doctor.papers')}
      </Button>
      {failed !== null && <ErrorCard error={failed} onRetry={() => void save()} />}
    </>
  );
}
