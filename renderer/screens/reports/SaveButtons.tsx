/** A button for each form in which a report can be saved. */
import { Button, Group, Stack } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { toErrorInfo, type ErrorInfo } from '../../../main/shared/errors.ts';
import { reportFileName, reportFormats, type ReportFormat } from '../../../main/shared/report-formats.ts';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { saveBlob } from '../../parts/save-blob.ts';
import { t } from '../../texts/t.ts';

interface SaveButtonsProps {
  readonly write: (format: ReportFormat) => Promise<Blob>;
  /** After which the files are called. */
  readonly about: string;
  /** All, where it is not said. */
  readonly formats?: readonly ReportFormat[];
}

export function SaveButtons({ write, about, formats = reportFormats }: SaveButtonsProps) {
  const [busy, setBusy] = useState<ReportFormat | null>(null);
  const [failed, setFailed] = useState<{ readonly format: ReportFormat; readonly error: ErrorInfo } | null>(null);
  const save = (format: ReportFormat): void => {
    setBusy(format);
    setFailed(null);
    write(format)
      .then((blob) => saveBlob(`${reportFileName(about)}.${format}`, blob))
      .catch((thrown: unknown) => setFailed({ format, error: toErrorInfo(thrown) }))
      .finally(() => setBusy(null));
  };
  return (
    <Stack gap="xs">
      <Group gap="xs">
        {formats.map((format) => (
          <Button
            key={format}
            size="xs"
            variant="default"
            leftSection={<IconDownload size={14} aria-hidden="true" />}
            loading={busy === format}
            disabled={busy !== null && busy !== format}
            onClick={() => save(format)}
          >
            {t('reports.saveAs', { format: format.toUpperCase() })}
          </Button>
        ))}
      </Group>
      {failed !== null && (
        <ErrorCard
          title={t('reports.notSaved', { format: failed.format.toUpperCase() })}
          error={failed.error}
          onRetry={() => save(failed.format)}
        />
      )}
    </Stack>
  );
}
