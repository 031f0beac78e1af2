/** What went wrong: thing and what, why, what to do, buttons, details for support. The same everywhere. */
import { Button, Collapse, Group } from '@mantine/core';
import { IconCircleX } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import type { ErrorInfo } from '../../main/shared/errors.ts';
import { exactText, timeText } from '../texts/format.ts';
import { remedyText } from '../../main/shared/remedy.ts';
import { t } from '../texts/t.ts';
import { copyText } from './copy.ts';
import classes from './ErrorCard.module.css';

interface ErrorCardProps {
  /** Thing and what happened: “billing-db stopped while copying disk 2”; without it, the error's own message leads. */
  readonly title?: string;
  readonly error: ErrorInfo;
  readonly at?: string;
  /** What is as it is now, after it. */
  readonly aftermath?: string;
  readonly onRetry?: () => void;
  /** More buttons, which do what the remedy says. */
  readonly actions?: ReactNode;
}

export function ErrorCard({ title, error, at, aftermath, onRetry, actions }: ErrorCardProps) {
  const [isOpen, setIsOpen] = useState(false);
  const [isCopied, setIsCopied] = useState(false);
  const details = [`code: ${error.code}`, `message: ${error.message}`, `remedy: ${error.remedy}`];
  if (at !== undefined) details.push(`at: ${at}`);
  const copy = (): void => void copyText(details.join('\n')).then(() => setIsCopied(true));

  return (
    <div className={classes['card']} role="alert">
      <IconCircleX className={classes['sign'] ?? ''} size={22} aria-hidden="true" />
      <div className={classes['body']}>
        <p className={classes['title']}>{title ?? error.message}</p>
        {title !== undefined && <p>{error.message}</p>}
        {aftermath !== undefined && <p>{aftermath}</p>}
        <p>
          <strong>{t('error.whatToDo')}:</strong> {remedyText(error.remedy)}
        </p>
        <Group gap="xs" mt="xs">
          {actions}
          {onRetry !== undefined && (
            <Button size="xs" onClick={onRetry}>
              {t('error.tryAgain')}
            </Button>
          )}
          <Button size="xs" variant="default" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
            {t('error.details')}
          </Button>
          <code>{error.code}</code>
          {at !== undefined && <time title={exactText(at)}>{timeText(at)}</time>}
        </Group>
        <Collapse expanded={isOpen}>
          <pre className={classes['details']}>{details.join('\n')}</pre>
          {error.retryable && <p>{t('error.mayPass')}</p>}
          <Button size="xs" variant="default" onClick={copy}>
            {isCopied ? t('error.copied') : t('error.copy')}
          </Button>
        </Collapse>
      </div>
    </div>
  );
}
