/** Copies a text, and says whether that worked until the focus leaves it. */
import { useState } from 'react';
import { ask } from '../guts.ts';
import { t } from '../texts/t.ts';

interface CopyButtonProps {
  readonly text: string;
  /** What a screen reader says, since “Copy” alone is on the screen several times. */
  readonly label: string;
}

export function CopyButton({ text, label }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<'commands.copied' | 'commands.notCopied' | null>(null);
  const copy = (): void => {
    ask('clipboard.write', { text }).then(
      () => setOutcome('commands.copied'),
      () => setOutcome('commands.notCopied'),
    );
  };

  return (
    <>
      <button type="button" aria-label={label} onClick={copy} onBlur={() => setOutcome(null)}>
        {outcome === null ? t('commands.copy') : t(outcome)}
      </button>
      <output className="for-ears">{outcome === null ? '' : t(outcome)}</output>
    </>
  );
}
