/** Shows what a bundle for whoever mends Guts would have in it, and saves it to this computer. Nothing is sent. */
import { Button, Group, List, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { toErrorInfo, type ErrorInfo } from '../../../main/shared/errors.ts';
import type { OutputOf } from '../../../main/shared/operations.ts';
import { call } from '../../api.ts';
import { Dialog } from '../../parts/Dialog.tsx';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { Faces } from '../../parts/Faces.tsx';
import { saveBlob } from '../../parts/save-blob.ts';
import { toast } from '../../parts/toast.ts';
import { useAnswer } from '../../state/use-answer.ts';
import { sizeText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import classes from './Bundle.module.css';

type Preview = OutputOf<'logs.preview'>;
const ask = async (signal: AbortSignal): Promise<Preview> => await call('logs.preview', {}, signal);

export function BundleDialog({ onClose }: { readonly onClose: () => void }) {
  const { of, load } = useAnswer(ask);
  return (
    <Dialog title={t('log.saveBundle')} size="xl" onClose={onClose}>
      <Faces of={of} onRetry={load}>
        {(preview) => <Contents preview={preview} onClose={onClose} />}
      </Faces>
    </Dialog>
  );
}

function Contents({ preview, onClose }: { readonly preview: Preview; readonly onClose: () => void }) {
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const save = (): void => {
    setIsBusy(true);
    setError(null);
    call('logs.bundle', {})
      .then(
        ({ name, archive }) => {
          saveBlob(name, new Blob([bytesOf(archive)], { type: 'application/gzip' }));
          toast(t('log.bundleSaved', { name }));
          onClose();
        },
        (thrown: unknown) => setError(toErrorInfo(thrown)),
      )
      .finally(() => setIsBusy(false));
  };
  const { parts, secretsLookedFor, notLookedFor, leftOut } = preview;
  return (
    <Stack gap="sm">
      <Text>{t('log.bundleWhy')}</Text>
      <div className={classes['parts']}>
        {parts.map(({ name, what, bytes, head }) => (
          <details key={name} className={classes['part']}>
            <summary>
              <code>{name}</code> <span className="guts-quiet">{what}</span>{' '}
              <span className={classes['size']}>{sizeText(bytes)}</span>
            </summary>
            <pre>{head}</pre>
          </details>
        ))}
      </div>
      <Text size="sm">{t('log.secrets', { count: secretsLookedFor })}</Text>
      {leftOut > 0 && <Text size="sm">{t('log.leftOut', { count: leftOut })}</Text>}
      {notLookedFor.length > 0 && (
        <List size="sm">
          {notLookedFor.map(({ name, why }) => (
            <List.Item key={name}>{t('log.notLookedFor', { name, why })}</List.Item>
          ))}
        </List>
      )}
      {error !== null && <ErrorCard error={error} onRetry={save} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('dialog.cancel')}
        </Button>
        <Button loading={isBusy} onClick={save}>
          {t('log.saveIt')}
        </Button>
      </Group>
    </Stack>
  );
}

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
