/** The text to send to whoever runs the cloud, for what is missing. */
import { Button } from '@mantine/core';
import { IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import type { Rehearsal } from '../../../main/shared/rehearsal.ts';
import { copyText } from '../../parts/copy.ts';
import { Section } from '../../parts/Section.tsx';
import { t } from '../../texts/t.ts';
import classes from './Rehearsal.module.css';

export function Request({ rehearsal: { request } }: { readonly rehearsal: Rehearsal }) {
  const [isCopied, setIsCopied] = useState(false);
  if (request === null) return null;
  return (
    <Section title={t('rehearsal.request')}>
      <p>{t('rehearsal.requestWhy')}</p>
      <pre className={classes['request']}>{request}</pre>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconCopy size={16} aria-hidden="true" />}
        onClick={() => void copyText(request).then(() => setIsCopied(true))}
      >
        {t(isCopied ? 'error.copied' : 'rehearsal.copyRequest')}
      </Button>
    </Section>
  );
}
