/** What it all comes to, in a word with a sign, and what stands for it or against it. */
import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './VerdictCard.module.css';

const signs = { good: IconCircleCheck, wait: IconAlertTriangle, bad: IconCircleX, info: IconInfoCircle };

interface VerdictCardProps {
  readonly is: keyof typeof signs;
  readonly word: string;
  readonly children: ReactNode;
}

export function VerdictCard({ is, word, children }: VerdictCardProps) {
  const Sign = signs[is];
  return (
    <div className={classes['verdict']} data-is={is}>
      <Sign size={32} aria-hidden="true" />
      <div>
        <div className={classes['word']}>{word}</div>
        {children}
      </div>
    </div>
  );
}
