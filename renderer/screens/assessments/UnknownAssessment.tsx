/** Where the address names no assessment. */
import { Button } from '@mantine/core';
import { Empty } from '../../parts/Faces.tsx';
import { go } from '../../router.ts';
import { t } from '../../texts/t.ts';

export const UnknownAssessment = () => (
  <Empty
    title={t('assessment.unknown')}
    why={t('assessment.unknownWhy')}
    action={<Button onClick={() => go('/assessments')}>{t('assessment.back')}</Button>}
  />
);
