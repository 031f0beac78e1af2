/** How far something is: the browser's own progress bar, and the same in a number. */
import { percentText } from '../texts/format.ts';
import classes from './ProgressBar.module.css';

interface ProgressBarProps {
  readonly done: number;
  readonly of: number;
  /** With the percentage in it, for screen readers. */
  readonly label: (percent: string) => string;
}

export function ProgressBar({ done, of, label }: ProgressBarProps) {
  const percent = percentText(done, of);
  return (
    <span className={classes['progress']}>
      <progress className={classes['bar']} max={of} value={done} aria-label={label(percent)} />
      <span aria-hidden="true">{percent}</span>
    </span>
  );
}
