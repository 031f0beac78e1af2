/** A state in a word, with a sign: never by colour alone. */
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleX,
  IconInfoCircle,
  IconLoader,
  IconPoint,
} from '@tabler/icons-react';
import type { ReactElement, ReactNode } from 'react';
import classes from './Badge.module.css';

export type Tone = 'good' | 'bad' | 'wait' | 'info' | 'work' | 'still';

const signs: Readonly<Record<Tone, typeof IconPoint>> = {
  good: IconCircleCheck,
  bad: IconCircleX,
  wait: IconAlertTriangle,
  info: IconInfoCircle,
  work: IconLoader,
  still: IconPoint,
};

export function Badge({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  const Sign = signs[tone];
  return (
    <span className={`guts-badge ${classes['badge']}`} data-tone={tone}>
      <Sign size={14} aria-hidden="true" />
      {children}
    </span>
  );
}

/** The same as a cell of a row. */
export const badge = (tone: Tone, text: string): ReactElement => <Badge tone={tone}>{text}</Badge>;
