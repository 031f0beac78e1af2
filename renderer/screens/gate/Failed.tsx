/** Guts did not start, or is ending. */
import { Loader, Text } from '@mantine/core';
import type { ErrorInfo } from '../../../main/shared/errors.ts';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { startAgain } from '../../state/session.ts';
import { t } from '../../texts/t.ts';
import { Gate } from './Gate.tsx';

export function Failed({ error }: { readonly error: ErrorInfo }) {
  return (
    <Gate title={t('session.failed')}>
      <ErrorCard error={error} onRetry={startAgain} />
    </Gate>
  );
}

export function Stopping() {
  return (
    <Gate title={t('session.stopping')}>
      <Text>{t('session.stoppingWhy')}</Text>
      <Loader />
    </Gate>
  );
}
