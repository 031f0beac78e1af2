/** Saves the data centre that was judged without names, to be handed on; it is said first what is left in it. */
import { Text } from '@mantine/core';
import type { AssessmentId } from '../../../main/shared/assessment.ts';
import { file } from '../../api.ts';
import { ConfirmDialog } from '../../parts/ConfirmDialog.tsx';
import { saveBlob } from '../../parts/save-blob.ts';
import { t } from '../../texts/t.ts';

/** Not after the export, whose name may tell as much as those in it. */
const FILE = 'guts-estate-anonymous.json';

interface SaveAnonymousProps {
  readonly id: AssessmentId;
  readonly onClose: () => void;
}

export function SaveAnonymous({ id, onClose }: SaveAnonymousProps) {
  return (
    <ConfirmDialog
      title={t('assessment.anonymousTitle')}
      doIt={t('assessment.anonymousDo')}
      isDangerous={false}
      onDo={async () => saveBlob(FILE, await file('assessments.estate', { id }, 'json'))}
      onClose={onClose}
    >
      <Text>{t('assessment.anonymousWhy')}</Text>
      <Part title={t('assessment.anonymousGone')}>{t('assessment.anonymousGoneWhat')}</Part>
      <Part title={t('assessment.anonymousStays')}>{t('assessment.anonymousStaysWhat')}</Part>
      <Text>{t('assessment.anonymousThen')}</Text>
    </ConfirmDialog>
  );
}

const Part = ({ title, children }: { readonly title: string; readonly children: string }) => (
  <div>
    <Text fw={600}>{title}</Text>
    <Text className="guts-quiet">{children}</Text>
  </div>
);
