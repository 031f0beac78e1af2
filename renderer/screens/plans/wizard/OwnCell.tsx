/** A value of a machine in a table: marked by a dot and a word where it is not the plan's, and taken back from there. */
import { IconArrowBackUp } from '@tabler/icons-react';
import { t } from '../../../texts/t.ts';
import classes from './Wizard.module.css';

interface OwnCellProps {
  readonly text: string;
  /** What the value is and of whom, for the button. */
  readonly about: string;
  readonly isOwn: boolean;
  readonly onReset: () => void;
}

export function OwnCell({ text, about, isOwn, onReset }: OwnCellProps) {
  return (
    <span className={classes['cell']}>
      <span title={text}>{text}</span>
      {isOwn && (
        <>
          <span className={classes['own']}>● {t('wizard.ownMark')}</span>
          <button
            type="button"
            tabIndex={-1}
            className={classes['reset']}
            aria-label={t('wizard.resetOf', { about })}
            title={t('wizard.resetOf', { about })}
            onClick={(event) => {
              event.stopPropagation(); // the row is not meant
              onReset();
            }}
          >
            <IconArrowBackUp size={16} aria-hidden="true" />
          </button>
        </>
      )}
    </span>
  );
}
