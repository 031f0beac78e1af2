/** What the source told of a machine, word by word. */
import { Button, Group } from '@mantine/core';
import { IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import type { Instance } from '../../../main/shared/operations/inventory.ts';
import { copyText } from '../../parts/copy.ts';
import { t } from '../../texts/t.ts';
import classes from './Machine.module.css';
import { Section } from './Section.tsx';

export function RawFacts({ vm }: { readonly vm: Instance }) {
  const [isOpen, setIsOpen] = useState(false);
  const [isCopied, setIsCopied] = useState(false);
  const text = JSON.stringify(vm, null, 2);
  return (
    <Section
      title={t('machine.raw')}
      aside={
        <Group gap="xs">
          <Button size="xs" variant="default" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
            {t('machine.rawShow')}
          </Button>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconCopy size={16} aria-hidden="true" />}
            onClick={() => void copyText(text).then(() => setIsCopied(true))}
          >
            {isCopied ? t('machine.copied') : t('machine.copyRaw')}
          </Button>
        </Group>
      }
    >
      {isOpen && <pre className={classes['raw']}>{text}</pre>}
    </Section>
  );
}
